# frozen_string_literal: true

module RubyProf
  module TestRun
    # What was recorded of an example: its total (nanoseconds, objects or bytes), calls, objects if they were counted, and
    # where the profile is spooled (nil if there was no room).
    Segment = Struct.new(:total, :calls, :objects, :place)

    # Profiles stretches of a run, one after the other, and keeps none of them in memory.
    class Recording
      # @param options [Hash] for Profile.new
      # @param output [Output] that problems are told
      def initialize(options, output)
        @options = options
        @output = output
        @spool = Spool.new
        @libraries = Framework.libraries
      end

      attr_reader :spool

      # @param threads [Array<Thread>, nil] these alone
      # @return [RubyProf::Profile] running
      def start(threads: nil)
        options = threads ? @options.merge(include_threads: threads) : @options
        profile = Profile.new(**options)
        TestProfiles.record_ours(profile)
        profile.start
      end

      # Ends one and starts another. That one is running before this one stops: whenever nothing is traced any more and then
      # something is, the VM looks through its whole heap.
      #
      # @param profile [RubyProf::Profile, nil] running
      # @return [Array(Segment or nil, RubyProf::Profile)]
      def swap(profile, threads: nil)
        following = start(threads: threads)
        return [nil, following] unless profile

        following.pause
        segment = finish(profile)
        following.resume
        [segment, following]
      end

      # @param profile [RubyProf::Profile] running
      # @return [Segment, nil]
      def finish(profile)
        profile = stop(profile)
        bytes, total, calls, objects = TestProfiles.take(profile, own, @libraries)
        Segment.new(total, calls, objects, keep(bytes))
      rescue StandardError => e
        @output.problem("a profile was lost: #{e.message} (#{e.class})")
      end

      # Ends a recording that nobody wants.
      def drop(profile)
        profile.stop
      rescue StandardError
        nil
      end

      # @return [Array<String>] whose frames are left out, as it is when the first example runs
      def framework
        [own, @libraries]
      end

      private

      def stop(profile)
        profile.stop
      rescue InternalError => e
        @output.problem("#{e.message}; the report has what was recorded before that")
        e.profile || raise
      end

      # What an example loads late is a library of the framework all the same.
      def own
        return @own if @own && @features == $LOADED_FEATURES.length

        @features = $LOADED_FEATURES.length
        @own = Framework.own
      end

      def keep(bytes)
        @spool.add(bytes)
      rescue SystemCallError, IOError => e
        @output.problem("profiles of examples are lost, there is no room for them: #{ReportWriter.reason(e)}")
      end
    end
  end
end
