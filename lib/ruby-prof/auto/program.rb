# frozen_string_literal: true

require "ruby-prof/program_start"
require "ruby-prof/auto/settings"
require "ruby-prof/auto/recording"
require "ruby-prof/auto/fork_hook"

module RubyProf
  # The profile of a whole program, in the process where it began and in those it forks.
  module Auto
    class << self
      # Starts the recording of this process, once.
      def begin
        return if @recording

        settings = Settings.new(ENV)
        warn_of_trace
        recording = Recording.new(settings, main_pid: main_pid(settings))
        forget_environment if settings[:one_program]
        return if recording.off?

        recording.check_outputs
        recording.prepare
        run_before(settings, recording)
        @recording = recording
        Process.singleton_class.prepend(ForkHook)
        at_exit { @recording.finish }
        ProgramStart.call(**settings.profile_options) { @recording.start }
      end

      # Called in both processes after a fork.
      def forked(pid)
        @recording.forked(pid)
      end

      # Called in a process that left its terminal: the program goes on in it, under another number.
      def daemonized
        @recording.daemonized
      end

      private

      # The number of the first process, which writes the report under the plain name. A program that
      # replaces itself keeps it, one that it starts does not.
      def main_pid(settings)
        given = settings[:main_pid]
        return given.to_i if given

        # With RUBYOPT all Ruby programs that this one starts are going to load us.
        ENV[Settings::NAMES[:main_pid]] = Process.pid.to_s if ENV["RUBYOPT"].to_s.include?("ruby-prof/auto")
        Process.pid
      end

      # The command starts one program: neither it nor what it starts shall find our variables.
      def forget_environment
        Settings::NAMES.each_value { |name| ENV.delete(name) }
      end

      def run_before(settings, recording)
        text = settings[:require].to_s
        # Names of files may have bytes that are no text.
        text.b.split(/[,\n]/).each { |library| require library.force_encoding(text.encoding) }
        eval(settings[:eval], TOPLEVEL_BINDING, "(eval-noprof)") if settings[:eval]
      rescue LoadError => e
        recording.give_up("cannot load #{e.path || "a library"} before the program: #{e.message}")
      end

      def warn_of_trace
        return unless ENV["RUBY_PROF_TRACE"]

        ReportWriter.say("RUBY_PROF_TRACE is not supported: there is no trace of single events")
      end
    end
  end
end
