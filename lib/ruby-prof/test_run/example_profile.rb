# frozen_string_literal: true

module RubyProf
  module TestRun
    # The profile of one example that asks for it.
    class ExampleProfile
      # @return [Tag]
      attr_reader :tag

      # @param value what stands at the example
      # @param description [String]
      # @param identity [String] what tells the example from all others
      # @param threads [Array<Thread>, nil] these alone
      # @raise [ArgumentError] for options that cannot be used
      def initialize(value, description:, identity:, threads: nil)
        @tag = Tag.new(value)
        @description = description
        @identity = identity
        @profile = Profile.new(**tag.profile_options, **{ include_threads: threads }.compact)
        TestProfiles.record_ours(@profile)
        @pid = Process.pid
      end

      def start
        TestRun.example_profile = self
        @profile.start
      end

      # Runs the block, which is no part of the example.
      def aside
        paused = @profile.running? && !@profile.paused?
        @profile.pause if paused
        yield
      ensure
        @profile.resume if paused && @profile.running?
      end

      # What was recorded before the first call counts.
      def stop
        return unless @profile.running?

        TestRun.example_profile = nil
        @profile.stop
        @recorded = true
      rescue InternalError => e
        TestRun.output.problem("#{e.message}; the report has what was recorded before that")
        @recorded = true
      rescue StandardError => e
        # A pattern that raised: the profile has all methods then.
        TestRun.output.problem("#{e.message} (#{e.class})")
        @recorded = true
      end

      # @param failed [Boolean] whether the example did
      # @return [Report, nil] nil if nothing was recorded or it cannot be written
      def write(failed: false)
        # A process that the example forked is not the example.
        return unless @recorded && @pid == Process.pid

        bytes, total, calls, = TestProfiles.take(@profile, Framework.own, Framework.libraries)
        profile = Profile.allocate
        profile._load_data(bytes)
        tag.unmatched.each { |sentence| TestRun.output.problem("“#{Text.line(@description)}”: #{sentence}") }
        title = { title: Text.line(@description, longest: 200) }
        path = TestRun.output.report(profile, tag.kind, TestRun.output.stem(@description, @identity), title.merge(tag.printer_options))
        path && Report.new(@description, tag.profile_options[:measure_mode], total, calls, path, failed)
      end

      # A report that was written, for the line about it.
      Report = Struct.new(:description, :measure_mode, :total, :calls, :path, :failed)
    end
  end
end
