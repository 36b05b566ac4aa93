# frozen_string_literal: true

module RubyProf
  module TestRun
    # A run as JUnit's XML: counts are properties of the test cases.
    class JUnitFormat
      # Characters that XML 1.0 has no way to write.
      ILLEGAL = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/
      ENTITIES = { "&" => "&amp;", "<" => "&lt;", ">" => "&gt;", '"' => "&quot;", "'" => "&apos;", "\n" => "&#10;", "\r" => "&#13;", "\t" => "&#9;" }.freeze

      def initialize(summary)
        @summary = summary
      end

      # @return [String]
      def to_s
        @lines = ['<?xml version="1.0" encoding="UTF-8"?>']
        counts = { tests: @summary.rows.length, failures: @summary.count("failed"), errors: @summary.count("ended"), skipped: @summary.count("pending"), time: seconds(@summary.seconds) }
        @lines << "<testsuites#{attributes(counts)}>"
        @lines << "  <testsuite#{attributes({ name: @summary.framework, timestamp: @summary.started_at }.merge(counts))}>"
        properties(suite_properties, "    ")
        @summary.rows.each { |row| test_case(row) }
        @lines << "  </testsuite>" << "</testsuites>" << ""
        @lines.join("\n")
      end

      private

      def suite_properties
        return {} unless @summary.profiled?

        { "ruby_prof.mode" => @summary.mode, "ruby_prof.calls" => @summary.calls, "ruby_prof.#{@summary.unit}" => @summary.total,
          "ruby_prof.report" => @summary.whole_report }
      end

      def test_case(row)
        file, line = row.location.to_s.match(/\A(.*?)(?::(\d+))?\z/m).captures
        about = { classname: file.delete_prefix("./").sub(/\.rb\z/, "").tr("/", "."), name: row.description, file: file, line: line, time: seconds(row.seconds) }
        @lines << "    <testcase#{attributes(about)}>"
        properties(case_properties(row), "      ")
        @lines << "      <failure#{attributes(message: row.failure.to_s)}></failure>" if row.failed?
        @lines << "      <error#{attributes(message: "the example ended the run")}></error>" if row.ended?
        @lines << "      <skipped/>" if row.status == "pending"
        @lines << "    </testcase>"
      end

      def case_properties(row)
        found = { "ruby_prof.calls" => row.calls, "ruby_prof.objects" => row.objects, "ruby_prof.#{@summary.unit}" => row.total, "ruby_prof.report" => row.report }
        row.expectations.each.with_index(1) do |each, number|
          each = each.transform_keys(&:to_sym)
          start = "ruby_prof.expectation.#{number}"
          found.merge!(start => each[:expectation], "#{start}.limit" => each[:limit], "#{start}.called" => each[:called], "#{start}.passed" => each[:passed],
                       "#{start}.negated" => each[:negated])
        end
        found
      end

      def properties(values, indent)
        values = values.compact
        return if values.empty?

        @lines << "#{indent}<properties>"
        values.each { |name, value| @lines << "#{indent}  <property#{attributes(name: name, value: value)}/>" }
        @lines << "#{indent}</properties>"
      end

      def attributes(values)
        values.compact.map { |name, value| " #{name}=\"#{escape(value)}\"" }.join
      end

      def escape(value)
        Text.utf8(value.to_s).gsub(ILLEGAL, "\u{fffd}").gsub(/[&<>"'\n\r\t]/, ENTITIES)
      end

      def seconds(number)
        format("%.6f", number || 0)
      end
    end
  end
end
