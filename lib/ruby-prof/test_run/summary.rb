# frozen_string_literal: true

module RubyProf
  module TestRun
    # A run in numbers: the parts of all its processes.
    class Summary
      # @return [Array<Row>] in the order of their processes
      attr_reader :rows
      # @return [Array<Array(String, Boolean)>] processes that left no part, and whether they still run
      attr_reader :missing
      # @return [Array<Part>]
      attr_reader :parts
      # @return [String, nil] below the output directory
      attr_accessor :whole_report, :profile_file
      # @return [RubyProf::Profile, nil] of the whole run
      attr_accessor :whole
      # @return [Boolean] whether the whole report lacks the cheapest call paths
      attr_accessor :pruned
      # @return [String, nil] the number of the process that tells
      attr_accessor :number

      # @return [Boolean] whether nobody named the run: its processes know each other by their parent
      attr_accessor :guessed

      # @param groups [Integer, nil] how many processes there are to be
      def initialize(parts, missing, groups: nil)
        @parts = parts
        @missing = missing
        @groups = groups
        @rows = parts.flat_map(&:rows)
        @pruned = parts.any? { |part| part.facts["pruned"] }
      end

      def facts
        parts.first.facts
      end

      def framework
        facts["framework"]
      end

      def profiled?
        parts.any? { |part| part.facts["profiled"] }
      end

      # @return [Integer, nil]
      def measure_mode
        facts["measure_mode"] if profiled?
      end

      def mode
        MEASURE_MODE_NAMES.key(measure_mode)
      end

      # @return [Boolean] whether times were measured
      def times?
        [WALL_TIME, PROCESS_TIME].include?(measure_mode)
      end

      # @return [String] nanoseconds, objects or bytes
      def unit
        { ALLOCATIONS => "objects", MEMORY => "bytes" }.fetch(measure_mode, "nanoseconds")
      end

      def count(status)
        rows.count { |row| row.status == status }
      end

      def calls
        rows.sum { |row| row.calls || 0 } + outside_calls
      end

      def total
        rows.sum { |row| row.total || 0 } + outside_total
      end

      def outside_total
        parts.sum { |part| part.facts["outside_total"] || 0 }
      end

      def outside_calls
        parts.sum { |part| part.facts["outside_calls"] || 0 }
      end

      # @return [Float] of the process that took longest
      def seconds
        parts.map { |part| part.facts["seconds"] || 0 }.max
      end

      def started_at
        parts.map { |part| part.facts["started_at"] }.min
      end

      def ranking
        @ranking ||= Ranking.new(rows, measure_mode)
      end

      # @return [Array<String>] sentences about what is not in this
      def notes
        notes = missing.map do |number, alive|
          alive ? "Process #{number} had not ended when this was written." : "Process #{number} ended without a report of its own: its examples are missing."
        end
        elsewhere = profiled? ? rows.count { |row| row.calls.nil? && row.status == "passed" } : 0
        notes << "#{Text.count(elsewhere, "example")} ran in other processes, or before the profile began, and have no counts." if elsewhere.positive?
        parts.each { |part| notes << "Process #{part.facts["number"]} ran no example: it ended while it was loading." if part.facts["loaded"] == false }
        rows.select(&:ended?).first(3).each { |row| notes << "“#{Text.line(row.description)}” (#{Text.line(row.location)}) ended the run: what would have come after it did not run." }
        notes << "#{unseen} of #{@groups} processes had not begun when this was written." if unseen.positive?
        notes << "The report on the whole run has its #{Text.thousands(Spool::MOST_PATHS)} costliest call paths; calls along cheaper ones are their callers'." if pruned
        notes
      end

      # @return [Integer] processes that have not begun
      def unseen
        [(@groups || 0) - parts.length - missing.length, 0].max
      end

      # @return [Boolean] whether other processes of the run go on, or are to come
      def waiting?
        missing.any?(&:last) || unseen.positive?
      end

      # @return [String] the page over all examples
      def page
        data = rows.map { |row| [row.description, row.location, row.status, ranking.nanoseconds(row), row.calls, times? ? nil : row.total, row.report, row.process] }
        facts = { framework: framework, started_at: started_at.tr("T", " ").sub("Z", " UTC"), measure_mode: measure_mode, nanoseconds: (seconds * 1_000_000_000).round, processes: parts.length,
                  outside: outside_total, total: total, calls: calls, whole_report: whole_report, profile_file: profile_file, notes: notes, version: VERSION }
        Report.test_run(facts, data, whole)
      end
    end
  end
end
