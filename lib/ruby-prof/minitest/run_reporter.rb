# frozen_string_literal: true

module RubyProf
  module TestRun
    module MinitestAdapter
      # Comes after Minitest's own reporters, and says what was written below their summary.
      class RunReporter < ::Minitest::AbstractReporter
        def initialize(io)
          super()
          @io = io
        end

        def start
          TestRun.whole&.suite_began
        end

        def record(result)
          whole = TestRun.whole or return

          class_name = result.respond_to?(:klass) ? result.klass : result.class.name
          name = MinitestAdapter.identity(class_name, result.name)
          whole.example_recorded(id: name, description: name, location: location(result), status: status(result), seconds: result.time,
                                 failure: (result.failure.message unless result.passed? || result.skipped?))
        end

        def report
          announcement = TestRun.whole ? TestRun.whole.finish : Announcement.new
          text = announcement.to_s
          @io.puts("", text) unless text.empty?
        rescue StandardError => e
          # A defect of ours, or an output that is closed, is no failure of a test.
          ReportWriter.say("#{e.message} (#{e.class})")
        end

        def passed?
          true
        end

        private

        def status(result)
          return "pending" if result.skipped?

          result.passed? ? "passed" : "failed"
        end

        def location(result)
          file, line = result.source_location if result.respond_to?(:source_location)
          "#{TestRun.output.shown(file.to_s)}:#{line}"
        end
      end
    end
  end
end
