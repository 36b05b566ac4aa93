# frozen_string_literal: true

module RubyProf
  module TestRun
    # Examples in the order of what they cost.
    class Ranking
      # @param rows [Array<Row>]
      # @param measure_mode [Integer, nil] of their totals
      def initialize(rows, measure_mode)
        @rows = rows
        @times = [WALL_TIME, PROCESS_TIME].include?(measure_mode)
      end

      # @return [Integer] nanoseconds: as measured, or as the framework took them where something else was measured
      def nanoseconds(row)
        return row.total if @times && row.total

        ((row.seconds || 0) * 1_000_000_000).round
      end

      # @return [Array<Row>] those that ran, slowest first
      def slowest(count)
        @rows.reject { |row| row.status == "pending" }.max_by(count) { |row| [nanoseconds(row), row.calls || 0, row.id] }
      end

      # @return [Array<Row>] most calls first
      def most_calling(count)
        @rows.select { |row| row.calls && row.status != "pending" }.max_by(count) { |row| [row.calls, nanoseconds(row), row.id] }
      end

      # @return [Array<Row>] either
      def top(count)
        slowest(count) | most_calling(count)
      end
    end
  end
end
