# frozen_string_literal: true

module RubyProf
  module TestRun
    # What a run says at its end.
    class Announcement
      LABELS = { report: "Report", index: "Index", profile: "Profile", json: "JSON", junit: "JUnit" }.freeze
      # Rows of a table at the terminal; the page has more.
      SHOWN = 5

      # @return [Summary, nil] to be told too
      attr_accessor :summary

      def initialize
        @paths = {}
      end

      # @param path [String, nil] nil if it was not written
      # @return [String, nil] the path
      def add(kind, path)
        @paths[kind] = path if path
        path
      end

      # @return [String] the whole text, "" if there is nothing to say
      def to_s
        lines = TestRun.reports.any? ? ExampleLines.new(TestRun.reports).to_a : []
        if @paths.any? || summary
          lines << "" if lines.any?
          lines.concat(run_lines)
        end
        TestRun.output.tell_problems { |problem| lines << "ruby-prof: #{problem}" }
        lines.join("\n")
      end

      # Says it where no test framework does.
      def say
        text = to_s
        $stderr.write("#{text}\n") unless text.empty?
      rescue IOError, SystemCallError
        nil
      end

      private

      def run_lines
        return [so_far] if summary&.waiting?

        lines = summary ? SummaryLines.new(summary, SHOWN).to_a : []
        paths = %i[index report profile json junit].filter_map { |kind| @paths[kind] && "  #{LABELS[kind].ljust(9)}#{@paths[kind]}" }
        lines << (lines.empty? ? "ruby-prof wrote:" : "") if paths.any?
        lines.concat(paths)
      end

      # The last process says it all.
      def so_far
        apart = "; if they were started apart, give all of them the same RUBY_PROF_RUN" if summary.guessed
        "ruby-prof: process #{summary.number} is done; others of this run are not#{": the report so far is #{@paths[:index]}" if @paths[:index]}#{apart}"
      end

      # A line for each example that has a report of its own.
      class ExampleLines
        WIDEST = 60

        def initialize(reports)
          @reports = reports
        end

        def to_a
          rows = @reports.map { |report| [Text.line(report.description, longest: WIDEST), value(report), Text.count(report.calls, "call"), report.path, report.failed] }
          widths = (0..2).map { |column| rows.map { |row| row[column].length }.max }
          ["ruby-prof profiled #{Text.count(rows.length, "example")}:"] +
            rows.map { |name, value, calls, path, failed| "  #{name.ljust(widths[0])}  #{value.rjust(widths[1])}  #{calls.rjust(widths[2])}  #{path}#{"  failed" if failed}" }
        end

        private

        def value(report)
          case report.measure_mode
          when ALLOCATIONS then Text.count(report.total, "object")
          when MEMORY then Text.count(report.total, "byte")
          else Text.seconds(report.total / 1e9)
          end
        end
      end

      # The run in a few lines.
      class SummaryLines
        WIDEST = 70
        MARKS = { "failed" => "failed", "ended" => "ended the run" }.freeze

        def initialize(summary, shown)
          @summary = summary
          @shown = shown
        end

        def to_a
          lines = [headline, *@summary.notes.map { |note| "  #{note}" }]
          if @summary.profiled?
            slowest = @summary.ranking.slowest(@shown)
            calling = @summary.ranking.most_calling(@shown)
            lines.concat(table(slowest == calling ? "Slowest examples, and those with most calls" : "Slowest examples", slowest))
            lines.concat(table("Examples with most calls", calling)) unless slowest == calling
            measured = @summary.ranking.most_measured(@shown)
            lines.concat(table("Examples with most #{@summary.unit}", measured)) unless [slowest, calling].include?(measured)
          end
          lines.concat(expectations)
        end

        private

        def headline
          start = "ruby-prof: #{Text.count(@summary.rows.length, "example")}"
          start += " of #{@summary.parts.length} processes" if @summary.parts.length > 1
          return start unless @summary.profiled?

          "#{start}, #{Text.count(@summary.calls, "call")}, #{amount(@summary.total)} (#{amount(@summary.outside_total)} outside of examples)"
        end

        def amount(total)
          @summary.times? ? Text.seconds(total / 1e9) : "#{Text.thousands(total)} #{@summary.unit}"
        end

        def table(title, rows)
          return [] if rows.empty?

          cells = rows.map { |row| [*numbers(row), Text.line(row.description, longest: WIDEST)] }
          widths = cells.transpose.map { |column| column.map(&:length).max }
          ["", title] + cells.zip(rows).map do |(*numbers, name), row|
            numbers = numbers.zip(widths).map { |number, width| number.rjust(width) }
            "  #{[*numbers, name.ljust(widths.last), Text.line(row.location)].join("  ")}#{"  #{MARKS[row.status]}" if MARKS.key?(row.status)}"
          end
        end

        def numbers(row)
          measured = Text.count(row.total || 0, @summary.unit.chop) unless @summary.times?
          [Text.seconds(@summary.ranking.nanoseconds(row) / 1e9), Text.count(row.calls || 0, "call"), measured].compact
        end

        def expectations
          all = @summary.rows.flat_map(&:expectations)
          return [] if all.empty?

          failed = all.count { |each| !(each.key?(:passed) ? each[:passed] : each["passed"]) }
          ["", "#{Text.count(all.length, "expectation")} on calls#{", #{failed} failed" if failed.positive?}"]
        end
      end
    end
  end
end
