# frozen_string_literal: true

require "ruby-prof/test_run/spool"
require "ruby-prof/test_run/recording"
require "ruby-prof/test_run/row"
require "ruby-prof/test_run/ranking"
require "ruby-prof/test_run/part"
require "ruby-prof/test_run/parallel"
require "ruby-prof/test_run/publication"

module RubyProf
  module TestRun
    # A run of tests from its first line to its last: each example is a profile of its own, and what happens between them is
    # profiled too. Of an example there remains a row in memory, and its profile on disk.
    class WholeRun
      # @return [Settings]
      attr_reader :settings
      # @return [Announcement, nil] what to say at the end; nil before it
      attr_reader :announcement

      # @param framework [String] its name
      # @param settings [Settings]
      # @param output [Output]
      def initialize(framework, settings, output)
        @framework = framework
        @settings = settings
        @output = output
        @recording = Recording.new(settings.profile_options, output)
        @rows = []
        @lock = Mutex.new
        @running = {}
        @left = {}
        @outside = nil
        @outside_sums = [0, 0]
        @pid = Process.pid
      end

      # @return [Boolean] whether examples are profiled, not only counted
      def profile?
        settings.profile
      end

      # Loading begins.
      def boot
        @booted = [Time.now, clock]
        begin_outside if profile? && settings.boot
        at_exit { ended_while_loading if @began.nil? && $! && !(SystemExit === $! && $!.success?) }
      end

      # The first example is about to run.
      def suite_began
        @started_at = Time.now
        @began = clock
        @parallel = Parallel.of_environment(settings.directory, ENV, @output)
        @parallel&.register
        begin_outside if profile? && @outside.nil?
        # Tests that leave by exit, or a framework that is left in the middle.
        at_exit { finish&.say if @began }
      end

      # An example begins in this thread.
      #
      # @param alone [Boolean] whether no other example runs at the same time: then all threads are its own
      def example_began(alone: true)
        return if over?

        TestRun.begin_expectations
        return unless profile?

        return begin_alone if alone

        restrict_outside
        @running[::Thread.current] = @recording.start(threads: [::Thread.current])
      rescue StandardError => e
        not_profiled(e)
      end

      # It ends.
      def example_left(alone: true)
        return if over?

        profile = @running.delete(::Thread.current) or return
        if alone
          @left[::Thread.current], @outside = @recording.swap(profile)
        else
          @left[::Thread.current] = @recording.finish(profile)
        end
      rescue StandardError => e
        not_profiled(e)
      end

      # What became of it.
      #
      # @param id [String] the same in every run
      # @param description [String]
      # @param location [String] file:line
      # @param status [Symbol, String] passed, failed, pending, or ended: it left the run
      # @param seconds [Float, nil] as the test framework took them
      # @param failure [String, nil] its message
      def example_recorded(id:, description:, location:, status:, seconds:, failure: nil)
        return if over?

        segment = @left.delete(::Thread.current)
        row = Row.new(Text.clean(id), Text.clean(description), Text.clean(location), status.to_s, seconds, segment&.total, segment&.calls, segment&.objects,
                      nil, TestRun.end_expectations, @parallel&.number, segment&.place, failure && Text.clean(failure))
        @lock.synchronize { @rows << row }
      end

      # Runs the block, which is ours, unprofiled.
      def unprofiled
        paused = [*@running.values_at(::Thread.current), @outside].compact.select { |profile| profile.running? && !profile.paused? }
        paused.each(&:pause)
        yield
      ensure
        paused&.each { |profile| profile.resume if profile.running? }
      end

      # Ends the run and writes everything, once.
      #
      # @return [Announcement, nil] nil if that was done, or this is another process
      def finish
        return if over?

        @announcement = Announcement.new
        return @announcement if @began.nil?

        end_all
        @announcement = FileLimit.as_error { Publication.new(settings, @output, @parallel).publish(part) }
      rescue StandardError, NotImplementedError, NoMemoryError => e
        @output.problem("the run's reports could not be written: #{e.message} (#{e.class})")
        @announcement
      ensure
        @recording.spool.close unless elsewhere?
      end

      # The run is nobody's: nothing is written.
      def abandon
        return if over?

        [*@running.values, @outside].compact.each { |profile| @recording.drop(profile) }
        @running.clear
        @outside = nil
        @began = nil
        @announcement = Announcement.new
      end

      private

      # A file that cannot be loaded: no example runs. Other processes of the run wait for this one all the same.
      def ended_while_loading
        return if over?

        @parallel = Parallel.of_environment(settings.directory, ENV, @output)
        if @parallel
          @loading = true
          @started_at, @began = @booted
          @parallel.register
          finish&.say
        else
          abandon
          ReportWriter.say("no example ran, so there is no report on the run")
        end
      end

      def clock
        Process.clock_gettime(Process::CLOCK_MONOTONIC)
      end

      # A forked child has this object too, and is not the run.
      def elsewhere?
        Process.pid != @pid
      end

      # Also in a second run of the framework in this process.
      def over?
        elsewhere? || !@announcement.nil?
      end

      # A defect of ours is no failure of a test.
      def not_profiled(error)
        @output.problem("an example was not profiled: #{error.message} (#{error.class})")
      end

      def begin_outside(threads: nil)
        @restricted = !threads.nil?
        @outside = @recording.start(threads: threads)
      end

      def begin_alone
        segment, @running[::Thread.current] = @recording.swap(@outside)
        @outside = nil
        count_outside(segment)
      end

      def end_outside
        profile = @outside or return
        @outside = nil
        count_outside(@recording.finish(profile))
      end

      def count_outside(segment)
        return unless segment

        @outside_sums[0] += segment.total
        @outside_sums[1] += segment.calls
      end

      # Examples in other threads are profiles of their own: what is outside of them is in the main thread.
      def restrict_outside
        @lock.synchronize do
          next if @restricted

          end_outside
          begin_outside(threads: [::Thread.main])
        end
      end

      def end_all
        @running.each_value { |profile| @recording.drop(profile) }
        @running.clear
        end_outside
        @seconds = clock - @began
      end

      def part
        write_examples if profile?
        whole = merged if profile?
        facts = { "pid" => @pid, "number" => @parallel&.number, "framework" => @framework, "started_at" => @started_at.utc.strftime("%Y-%m-%dT%H:%M:%SZ"),
                  "seconds" => @seconds, "profiled" => profile?, "loaded" => !@loading, "measure_mode" => settings.profile_options[:measure_mode],
                  "outside_total" => @outside_sums[0], "outside_calls" => @outside_sums[1],
                  "pruned" => @recording.spool.pruned }
        Part.new(facts, @rows, whole)
      end

      def merged
        @recording.spool.merged
      rescue StandardError => e
        @output.problem("the profiles of the examples cannot be read back: #{e.message} (#{e.class})")
      end

      def write_examples
        Ranking.new(@rows, settings.profile_options[:measure_mode]).top(settings.top).each do |row|
          next unless row.place

          profile = Profile.allocate
          profile._load_data(@recording.spool.read(row.place))
          stem = @output.stem(row.description, row.id, below: "examples")
          row.report = "#{stem}#{settings.kind.extension}" if @output.report(profile, settings.kind, stem, { title: Text.line(row.description, longest: 200) })
        end
      end
    end

    HIDDEN.push(Spool, SpoolFiles, Recording, WholeRun, Parallel)
  end
end
