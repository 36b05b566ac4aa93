# frozen_string_literal: true

module RubyProf
  module Expectations
    # Whether several runs made the same calls, method by method.
    class Stability
      ROWS = 8

      # @param runs [Array<Array<Counting::Edge>>]
      # @param all [Array<Array<Counting::Edge>>, Proc] edges of all calls of such runs, to tell what made C call
      def initialize(runs, all)
        @table = RunTable.new(runs)
        @all = all
      end

      def stable?
        changing.empty?
      end

      # @return [Array<String>] the methods whose counts differ, those that differ most first
      def lines
        rows = changing.sort_by { |method, counts| [counts.min - counts.max, method.full_name] }
        shown = rows.first(ROWS).flat_map { |method, counts| [line(method, counts), *edge_line(method)] }
        left = rows.size - ROWS
        left.positive? ? [*shown, "  and #{Text.count(left, "more method")}"] : shown
      end

      private

      def changing
        @changing ||= @table.rows(&:callee).reject { |_, counts| counts.uniq.one? }
      end

      def line(method, counts)
        ["  #{Text.method_name(method)}  #{Sizes.list(counts)}", Text.place(method.file, method.line)].compact.join("  ")
      end

      # Which of its callers it is, if not all of them.
      def edge_line(method)
        edges = @table.rows { |edge| [edge.caller, edge.file, edge.line] if edge.callee == method }
        edge, counts = edges.max_by { |_, numbers| numbers.max - numbers.min }
        return [] if edges.one? && counts.max == counts.min

        above = own_code_above(edge.first, edge[1])
        ["    from #{Text.code(*edge)}#{", below #{Text.code(*above)}" if above}: #{Sizes.list(counts)}"]
      end

      # For a caller that is C, or a library: what a person can look at.
      def own_code_above(caller, file)
        @own ||= OwnCode.new
        return if @own.file?(file)

        @own_callers ||= OwnCallers.of(RunTable.new(::Proc === @all ? @all.call : @all))
        @own_callers.above(caller, @own)
      end
    end
  end
end
