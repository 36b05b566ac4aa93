# frozen_string_literal: true

require "shellwords"

module RubyProf
  module CLI
    module CheckReports
      # For people: what is beyond a limit, then what else changed.
      module Text # :nodoc:
        HEADINGS = {
          "max-count-growth" => "called more often",
          "max-new-methods" => "not called before",
          "max-new-edges" => "called by new callers",
        }.freeze

        class << self
          # @param check [CheckReports::Result]
          # @param color [Boolean]
          def render(check, color:)
            failures = check.results.select(&:exceeded)
            parts = failures.map { |result| failure(result, color) }
            others = check.difference.changes - failures.flat_map(&:found)
            parts << "#{failures.empty? ? "Changed" : "Also changed"}, within the limits:\n#{table(others, color)}" if others.any?
            parts << last_line(check, failures)
            parts.last << "\n#{advice(check)}" if failures.any?
            "#{parts.join("\n\n")}\n"
          end

          private

          # A saved profile is never written over.
          def advice(check)
            text = check.baseline.end_with?(".json")
            words = [text ? check.baseline : nil, *check.current].map { |path| path ? word(path) : "FILE" }
            "If this is meant, write a new baseline: ruby-prof check --write #{words.join(" ")}"
          end

          def word(path)
            Table.shown(CallProfile.const_get(:Scope).text(Shellwords.escape(path)), Table::LONGEST_PATH)
          end

          def failure(result, color)
            size = result.found.size
            heading = "#{Table.count(size, "method")} #{HEADINGS.fetch(result.limit)} (--#{result.limit} #{result.allowed}):"
            "#{heading}\n#{table(result.found, color)}"
          end

          def table(changes, color)
            Table.new(changes, color: color).to_s
          end

          def last_line(check, failures)
            before = check.difference.before
            after = check.difference.after
            numbers = "#{Table.count(after.names.size, "method")}, #{Table.count(before.called, "call")} -> #{Table.grouped(after.called)}"
            failures.empty? ? "Fine: #{numbers}" : "Too much: #{numbers}. Limits exceeded: #{failures.map(&:limit).join(", ")}"
          end
        end

        Table = CallProfile.const_get(:Table)
        private_constant :Table
      end
    end
  end
end
