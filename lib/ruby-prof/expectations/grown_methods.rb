# frozen_string_literal: true

module RubyProf
  module Expectations
    # Over runs of several sizes: which methods and edges are called more often than a class of growth allows.
    class GrownMethods
      Grown = ::Struct.new(:callee, :counts, :callers)
      Caller = ::Struct.new(:method, :file, :line, :counts, :to_blame)

      # @param runs [Array<Array<Counting::Edge>>] one for each size
      def initialize(bound, sizes, runs)
        @bound = bound
        @sizes = sizes
        table = RunTable.new(runs.map { |edges| edges.reject { |edge| within_ruby?(edge) } })
        @methods = table.rows(&:callee)
        @edges = table.rows { |edge| [edge.caller, edge.callee] }
        @places = table.places
        @above = OwnCallers.new(@edges, @places)
      end

      # Methods that grow too fast, or by one of their callers do, the causes first: those that are called so by a method
      # which does not grow so itself. The others follow from these.
      #
      # @return [Array<Grown>] with `callers`, those to blame first
      def all
        @all ||= begin
          fast = @edges.select { |_, counts| too_fast?(counts) }.keys.group_by(&:last)
          grown = @methods.select { |method, counts| fast.key?(method) || too_fast?(counts) }
          grown.map { |method, counts| Grown.new(method, counts, callers(method, fast.fetch(method, []), grown)) }
               .sort_by { |each| [cause?(each) ? 0 : 1, -each.counts.last, each.callee.full_name] }
        end
      end

      # Whether something that does not grow too fast calls it too often.
      def cause?(grown)
        grown.callers.first&.to_blame
      end

      # The own code that a caller was called for: itself, or the nearest above it.
      #
      # @return (see OwnCallers#above)
      def own_code_above(method, own)
        @above.above(method, own)
      end

      private

      # What Ruby's own methods call that are written in Ruby, and were in C a version before.
      def within_ruby?(edge)
        internal = ->(file) { file&.start_with?("<internal:") }
        internal.(edge.file) && (edge.callee.file.nil? || internal.(edge.callee.file))
      end

      def too_fast?(counts)
        Growth.exceeds?(@bound, @sizes, counts)
      end

      # With each whether it is the one to blame.
      def callers(method, fast, grown)
        edges = fast.empty? ? @above.into(method) : fast
        rows = edges.map { |edge| Caller.new(edge.first, *@places[edge], @edges[edge], !fast.empty? && !grown.key?(edge.first)) }
        rows.sort_by { |row| [row.to_blame ? 0 : 1, -row.counts.last, row.method.full_name] }
      end
    end
  end
end
