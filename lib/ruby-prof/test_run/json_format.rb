# frozen_string_literal: true

require "json"

module RubyProf
  module TestRun
    # A run as JSON. Keys are kept from release to release; new ones may come.
    class JSONFormat
      VERSION_OF_KEYS = 1

      def initialize(summary)
        @summary = summary
      end

      # @return [String]
      def to_s
        "#{JSON.pretty_generate(head.merge(examples: @summary.rows.map { |row| example(row) }))}\n"
      end

      private

      def head
        {
          version: VERSION_OF_KEYS, generator: "ruby-prof-rs #{VERSION}", framework: @summary.framework, started_at: @summary.started_at,
          seconds: @summary.seconds, mode: @summary.mode, unit: @summary.measure_mode && @summary.unit,
          processes: @summary.parts.map { |part| { number: part.facts["number"], pid: part.facts["pid"], seconds: part.facts["seconds"] } },
          notes: @summary.notes, totals: totals, report: @summary.whole_report, profile: @summary.profile_file
        }
      end

      def totals
        counts = { examples: @summary.rows.length, passed: @summary.count("passed"), failed: @summary.count("failed"), pending: @summary.count("pending"),
                   ended: @summary.count("ended") }
        return counts.merge(total: nil, calls: nil, outside_total: nil, outside_calls: nil) unless @summary.profiled?

        counts.merge(total: @summary.total, calls: @summary.calls, outside_total: @summary.outside_total, outside_calls: @summary.outside_calls)
      end

      def example(row)
        {
          id: row.id, description: row.description, location: row.location, status: row.status, seconds: row.seconds, total: row.total,
          calls: row.calls, objects: row.objects, report: row.report, process: row.process, failure: row.failure,
          expectations: row.expectations
        }
      end
    end
  end
end
