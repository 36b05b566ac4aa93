# frozen_string_literal: true

require "ruby-prof"
require "ruby-prof/test_prof"
require "ruby-prof/test_run/text"
require "ruby-prof/test_run/settings"
require "ruby-prof/test_run/tag"
require "ruby-prof/test_run/framework"
require "ruby-prof/test_run/output"
require "ruby-prof/test_run/example_profile"
require "ruby-prof/test_run/announcement"

module RubyProf
  # Profiles of tests: of examples that ask for it, and of whole runs. Knows no test framework: the adapters in rspec/ and
  # minitest/ tell what happens.
  module TestRun
    # Where a thread keeps the expectations of the example that it runs.
    EXPECTATIONS = :ruby_prof_expectations
    # Where it keeps the profile of that example, if it has one of its own.
    PROFILE = :ruby_prof_example_profile
    private_constant :EXPECTATIONS, :PROFILE

    class << self
      # @return [Settings]
      # @raise [ArgumentError] for a variable whose value cannot be used
      def settings
        @settings ||= Settings.new(ENV)
      end

      # @return [Output]
      def output
        @output ||= Output.new(settings.directory)
      end

      # @return [WholeRun, nil] nil if nothing was asked of the run
      attr_reader :whole

      # Begins what the environment asks for. A value that cannot be used ends the process before any test runs.
      #
      # @param framework [String] its name
      def begin(framework)
        # A test may go to another directory.
        output
        return if @whole || !settings.rows?

        # Runs that nobody asked about load none of it.
        require "ruby-prof/test_run/whole_run"
        @whole = WholeRun.new(framework, settings, output)
        @whole.boot
      rescue ArgumentError => e
        refuse(e.message)
      end

      # Takes back what {begin} began: somebody else uses the framework (bisecting, a dry run).
      def abandon
        @whole&.abandon
        @whole = nil
      end

      # Writes a report beside those of the run, without the frames of the test framework.
      #
      # @param profile [RubyProf::Profile] finished
      # @param name [String] what it is about: the file is named after it
      # @param printer [String]
      # @return [String, nil] the path, relative to the current directory if it is below that; nil, with a warning, if it
      #   cannot be written
      # @raise [ArgumentError] for a printer that is none
      def write_report(profile, name:, printer: Settings::DEFAULT_PRINTER)
        kind = PrinterKind.named(printer.to_s)
        raise ArgumentError, "#{printer.inspect} is no printer: it can be #{PrinterKind.names}" unless kind

        path = output.report(Framework.without(profile), kind, output.stem(name), { title: Text.line(name, longest: 200) })
        output.tell_problems { |problem| ReportWriter.say(problem) } unless path
        path
      end

      # Keeps what an expectation found, with the example that is running in this thread.
      #
      # @param expectation [#to_s] what was expected
      # @param limit [#least & #most, #to_s, Integer, nil] how much
      # @param called [#to_s, Integer, Array<Integer>, nil] what was counted
      # @param passed [Boolean]
      # @param negated [Boolean] whether it was expected not to be so
      def measured(expectation:, limit:, called:, passed:, negated: false)
        list = ::Thread.current.thread_variable_get(EXPECTATIONS)
        return unless list

        range = limit.respond_to?(:least) && limit.respond_to?(:most) ? { least: limit.least, most: limit.most } : {}
        limit = limit.to_s == "no" ? "exactly 0" : plain(limit) # Words for a sentence are none for a machine.
        list << { expectation: Text.clean(expectation), limit: limit, **range, called: plain(called), passed: passed ? true : false,
                  **(negated ? { negated: true } : {}) }
        nil
      end

      # Runs the block, which explains something and is no part of the example, outside of the profiles of the example that
      # runs in this thread.
      #
      # @return what the block returns
      def aside(&block)
        profile = ::Thread.current.thread_variable_get(PROFILE)
        work = whole ? -> { whole.unprofiled(&block) } : block
        profile ? profile.aside(&work) : work.call
      end

      # @param profile [ExampleProfile, nil] of the example that runs in this thread
      def example_profile=(profile)
        ::Thread.current.thread_variable_set(PROFILE, profile)
      end

      # The example that begins in this thread has its own expectations; without a list nothing is kept.
      def begin_expectations
        ::Thread.current.thread_variable_set(EXPECTATIONS, [])
      end

      # @return [Array<Hash>] and ends them
      def end_expectations
        list = ::Thread.current.thread_variable_get(EXPECTATIONS)
        ::Thread.current.thread_variable_set(EXPECTATIONS, nil)
        list || []
      end

      # A report of an example that asked for it, to be named at the end of the run.
      def reports
        @reports ||= []
      end

      private

      # Test frameworks take an exit while they load for an error of the file that they load, and tell it at length.
      def refuse(message)
        $stdout.flush
        ReportWriter.say(Text.line(message, longest: 1000))
        $stderr.flush
      ensure
        exit!(1)
      end

      # As JSON has it.
      def plain(value)
        case value
        when nil, Integer, true, false then value
        when Float then value.finite? ? value : value.to_s
        when Range then value.to_s
        when Array then value.map { |each| plain(each) }
        else Text.clean(value)
        end
      end
    end
  end

  HIDDEN.push(TestRun, TestRun::Text, TestRun::FileLimit, TestRun::Settings, TestRun::Tag, TestRun::Framework, TestRun::Output, TestRun::ExampleProfile,
              TestRun::Announcement)
  private_constant :TestRun
end
