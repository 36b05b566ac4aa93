# frozen_string_literal: true

module RubyProf
  module CLI
    module CheckReports
      # For CI: a test case for each limit.
      module Junit # :nodoc:
        ESCAPES = { "&" => "&amp;", "<" => "&lt;", ">" => "&gt;", '"' => "&quot;", "\n" => "&#10;", "\t" => "&#9;" }.freeze
        # What XML 1.0 cannot hold.
        FORBIDDEN = /[^\t\n\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/

        # How many methods are listed for a limit.
        METHODS = 100

        class << self
          # @param check [CheckReports::Result]
          def render(check, **)
            failures = check.results.count(&:exceeded)
            <<~XML
              <?xml version="1.0" encoding="UTF-8"?>
              <testsuites>
                <testsuite name="ruby-prof check" tests="#{check.results.size}" failures="#{failures}" errors="0" skipped="0">
                  <properties>
              #{properties(check).map { |name, value| "      <property name=\"#{name}\" value=\"#{escape(value)}\"/>" }.join("\n")}
                  </properties>
              #{check.results.map { |result| test_case(result) }.join("\n")}
                </testsuite>
              </testsuites>
            XML
          end

          private

          def properties(check)
            difference = check.difference
            { "baseline" => check.baseline, "current" => check.current.join(" "),
              "methods_before" => difference.before.names.size, "methods_after" => difference.after.names.size,
              "calls_before" => difference.before.called, "calls_after" => difference.after.called,
              **check.results.to_h { |result| [result.limit.tr("-", "_"), result.allowed] } }
          end

          def test_case(result)
            head = "    <testcase classname=\"ruby-prof check\" name=\"#{result.limit}\""
            return "#{head}/>" unless result.exceeded

            heading = "#{Text::HEADINGS.fetch(result.limit)}: #{result.found.first(3).map { |change| CallProfile.const_get(:Names).spoken(change.name) }.join(", ")}#{", ..." if result.found.size > 3}"
            table = CallProfile.const_get(:Table).new(result.found, color: false, limit: METHODS).to_s
            "#{head}>\n      <failure message=\"#{escape(heading)}\">#{escape(table).gsub("&#10;", "\n")}</failure>\n    </testcase>"
          end

          def escape(value)
            value.to_s.dup.force_encoding(Encoding::UTF_8).scrub("?").gsub(FORBIDDEN, "?").gsub(/[&<>"\n\t]/, ESCAPES)
          end
        end
      end
    end
  end
end
