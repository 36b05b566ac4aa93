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
        most(count) { |row| nanoseconds(row) }
      end

      # @return [Array<Row>] most calls first; none if there were no calls
      def most_calling(count)
        rows = most(count, &:calls)
        rows.all? { |row| row.calls.zero? } ? [] : rows
      end

      # @return [Array<Row>] most objects or bytes first, where those were measured
      def most_measured(count)
        @times ? [] : most(count, &:total)
      end

      # @return [Array<Row>] any of these
      def top(count)
        slowest(count) | most_calling(count) | most_measured(count)
      end

      private

      # As on the page: the earlier first where they agree.
      def most(count)
        ran = @rows.reject { |row| row.status == "pending" }
        ranked = ran.each_with_index.filter_map { |row, index| (value = yield(row)) && [-value, index, row] }
        ranked.min_by(count) { |value, index, _| [value, index] }.map(&:last)
      end
    end
  end
end
