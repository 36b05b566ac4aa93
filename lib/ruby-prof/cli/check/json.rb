# frozen_string_literal: true

module RubyProf
  module CLI
    module CheckReports
      # For machines.
      module Json # :nodoc:
        class << self
          # @param check [CheckReports::Result]
          def render(check, **)
            require "json"
            "#{JSON.pretty_generate(content(check))}\n"
          end

          private

          def content(check)
            difference = check.difference
            { format: "ruby-prof check", version: 1, passed: check.passed?, baseline: text(check.baseline),
              current: check.current.map { |path| text(path) }, before: totals(difference.before), after: totals(difference.after),
              limits: check.results.map { |result| limit(result) }, changes: difference.changes.map { |change| method(change) } }
          end

          def text(path)
            path.dup.force_encoding(Encoding::UTF_8).scrub("?")
          end

          def totals(profile)
            { methods: profile.names.size, called: profile.called }
          end

          def limit(result)
            { limit: result.limit, allowed: result.allowed, exceeded: result.exceeded, methods: result.found.map(&:name) }
          end

          def method(change)
            { method: change.name, **numbers(change), callers: change.callers.map { |caller| { caller: caller.name, **numbers(caller) } } }
          end

          def numbers(change)
            { change: change.kind, before: change.before, after: change.after, percent: change.percent&.round(2) }
          end
        end
      end
    end
  end
end
