# frozen_string_literal: true

module RubyProf
  module Expectations
    # Whether several runs made the same calls, method by method.
    class Stability
      ROWS = 8

      # @param runs [Array<Array<Counting::Edge>>]
      def initialize(runs)
        @table = RunTable.new(runs)
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

        ["    from #{Text.code(*edge)}: #{Sizes.list(counts)}"]
      end
    end
  end
end
