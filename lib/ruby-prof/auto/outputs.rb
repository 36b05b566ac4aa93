# frozen_string_literal: true

require "ruby-prof/report_writer"

module RubyProf
  module Auto
    # The files that a program is run for, before it runs.
    class Outputs
      # @param settings [Settings]
      # @param pid [Integer] of the first process
      # @param program [String, nil] the program's file
      def initialize(settings, pid, program: nil)
        @settings = settings
        @report = settings.report_path(pid) if settings.report? && !settings.kind.directory?
        @saved = settings.save_path(pid)
        @program = program && File.expand_path(program)
        @writer = settings.writer(pid) if settings.report?
      end

      # @raise [OutputError] if one cannot be written, or is another's file
      def check!
        check_different(@report, @program, "the report")
        check_different(@saved, @program, "the saved profile")
        refuse(@report, "the report and the saved profile would be one file: give them two names") if same?(@report, @saved)
        @writer&.check!
        check_saved if @saved
      end

      private

      def check_different(path, program, what)
        refuse(path, "it is the program itself: give #{what} another name") if same?(path, program)
      end

      def same?(one, other)
        one && other && ReportWriter.same_file?(one, other)
      end

      def check_saved
        ReportWriter.check_file(@saved)
      rescue SystemCallError => e
        raise OutputError, "cannot save to #{@saved}: #{ReportWriter.reason(e)}"
      end

      def refuse(path, reason)
        raise OutputError, "cannot write to #{path}: #{reason}"
      end
    end
  end
end
