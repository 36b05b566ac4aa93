# frozen_string_literal: true

require "ruby-prof/auto/merging"
require "ruby-prof/auto/outputs"

module RubyProf
  module Auto
    # The profile of one process, from its start to its report.
    class Recording
      # @param main_pid [Integer] the process that writes the report under the plain name
      def initialize(settings, main_pid:)
        @settings = settings
        @main_pid = main_pid
        @pid = Process.pid
        @merging = Merging.new(settings[:merge_dir], owner: main?) if settings.on_fork == :merge
      rescue OutputError => e
        give_up(e.message)
      end

      # @return [Boolean] whether this process is not to be profiled
      def off?
        !main? && @settings.on_fork == :off
      end

      # Ends the program, before it began, if what it is run for cannot be written.
      def check_outputs
        return unless main?

        Outputs.new(@settings, @pid, program: (File.file?($PROGRAM_NAME) ? $PROGRAM_NAME : nil)).check!
      rescue OutputError => e
        give_up(e.message)
      end

      # Makes the profile, and finds out before the program begins whether it can be made as wished.
      def prepare
        @prepared = Profile.new(**@settings.profile_options)
      rescue ArgumentError, TypeError => e
        give_up(e.message)
      end

      # Ends the program before it begins.
      def give_up(message)
        @merging.clean if @merging && main?
        ReportWriter.say(message)
        exit!(1)
      end

      def start
        @profile = @prepared || Profile.new(**@settings.profile_options)
        @prepared = nil
        @profile.start
      end

      # In a new process: what the other one has recorded is not ours. The calls that are open go on.
      #
      # @param pid [Integer] what fork returned
      def forked(pid)
        return @pid = Process.pid unless @profile

        # A comparison would be seen in the program's profile.
        @profile.pause
        return @profile.resume unless pid.zero?

        @pid = Process.pid
        drop
        start unless @settings.on_fork == :off
      end

      # The program goes on here, and the process that began it ends without a word.
      def daemonized
        @main_pid = Process.pid if @pid == @main_pid
        @pid = Process.pid
        @detached = @settings[:file].nil? && File.identical?(STDOUT, File::NULL)
      rescue IOError, SystemCallError
        @detached = @settings[:file].nil?
      end

      # Stops and writes what was asked for. Raises nothing: the program's own end is on its way.
      def finish
        return unless @profile

        profile = stop
        @pid = Process.pid
        deliver(profile)
        @settings.unmatched.each { |sentence| ReportWriter.say(sentence) } if main?
      rescue StandardError => e
        ReportWriter.say("#{e.message} (#{e.class})")
      end

      private

      def main?
        @pid == @main_pid
      end

      def writer
        @settings.writer(@pid, child: !main?, detached: @detached)
      end

      # Nothing before it, which the profile would show.
      def stop
        @profile.stop
      rescue InternalError => e
        ReportWriter.say("#{e.message}; the report has what was recorded before that")
        e.profile
      ensure
        @profile = nil
      end

      def drop
        @profile.stop
      rescue InternalError
        nil
      ensure
        @profile = nil
      end

      # Writes what was asked for, or leaves it to the first process.
      def deliver(profile)
        return if !main? && @merging&.hand_in(profile, @pid)

        profile = @merging.with_others(profile, @pid) if main? && @merging
        save(profile)
        report(profile) if @settings.report?
        @merging.clean if main? && @merging
      end

      def save(profile)
        path = @settings.save_path(@pid, child: !main?)
        return unless path

        profile.save(path)
        # The first process has ended and cannot merge it.
        ReportWriter.say("the profile of process #{@pid} is in #{path}") if @merging && !main?
      rescue StandardError, NotImplementedError => e
        ReportWriter.say("the profile could not be saved to #{path}: #{(e.cause || e).message}")
        writer.rescue_profile(profile)
      end

      def report(profile)
        written = writer.write(profile)
        announce if written && @settings[:file].nil? && !@settings.kind.directory?
      end

      # Says where a report is that nobody gave a name.
      def announce
        path = @settings.report_path(@pid, child: !main?, detached: @detached)
        ReportWriter.say("the report on process #{@pid} is in #{path}") if path
      end
    end
  end
end
