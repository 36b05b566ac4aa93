# frozen_string_literal: true

module RubyProf
  module Expectations
    # Numbers of calls by method or by edge, one for each of several runs.
    class RunTable
      # Where an anonymous class lies in memory is not the same in two runs that make one each.
      ADDRESS = /0x\h{8,}/

      # @param runs [Array<Array<Counting::Edge>>]
      def initialize(runs)
        settled = {}
        @runs = runs.map do |edges|
          edges.map do |edge|
            callee = settled[edge.callee] ||= settle(edge.callee)
            caller = settled[edge.caller] ||= settle(edge.caller)
            edge.callee.equal?(callee) && edge.caller.equal?(caller) ? edge : edge.dup.tap { |copy| copy.callee, copy.caller = callee, caller }
          end
        end
      end

      # @yieldparam edge [Counting::Edge]
      # @yieldreturn what the row is of; nil: none
      # @return [Hash{Object => Array<Integer>}]
      def rows
        @runs.each_with_index.with_object({}) do |(edges, run), table|
          edges.each do |edge|
            key = yield(edge)
            (table[key] ||= [0] * @runs.size)[run] += edge.called if key
          end
        end
      end

      # Where callers call callees, by [caller, callee]: of several lines the one with the most calls in a run.
      #
      # @return [Hash{Array => Array(String, Integer)}]
      def places
        @runs.flatten.sort_by(&:called).to_h { |edge| [[edge.caller, edge.callee], [edge.file, edge.line]] }
      end

      private

      def settle(method)
        return method unless method.full_name.include?("0x")

        method.dup.tap { |copy| copy.full_name = copy.full_name.gsub(ADDRESS, "0x…") }.tap { |copy| copy.klass_name = copy.klass_name&.gsub(ADDRESS, "0x…") }
      end
    end
  end
end
