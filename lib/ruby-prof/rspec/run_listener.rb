# frozen_string_literal: true

module RubyProf
  module TestRun
    module RSpecAdapter
      # Comes after all formatters: what it says stands below the summary, in formatters that print messages, and is part
      # of a document in those that make one.
      class RunListener
        def dump_summary(_notification)
          announcement = TestRun.whole ? TestRun.whole.finish : Announcement.new
          text = announcement.to_s
          ::RSpec.configuration.reporter.message("\n#{text}") unless text.empty?
        rescue StandardError => e
          # A defect of ours is none of the tests.
          ReportWriter.say("#{e.message} (#{e.class})")
        end
      end
      HIDDEN.push(RunListener)
    end
  end
end
