# frozen_string_literal: true

require "fileutils"
require "rake"
require "rake/testtask"
require "rbconfig"
require "ruby-prof/printer_kind"

module RubyProf
  # A Rake task that runs test files one by one, each in a process of its own, and writes a report on each.
  #
  #   require "ruby-prof/task"
  #
  #   RubyProf::ProfileTask.new do |task|
  #     task.test_files = FileList["test/**/*_test.rb"]
  #     task.output_dir = "tmp/profile"
  #     task.printer = :graph_html
  #   end
  #
  # `rake profile` then makes tmp/profile/user_test.html and so on. All of Rake::TestTask's attributes work
  # too; what the environment variable OPTIONS says goes to the scripts. A script that fails is named, and the
  # others run.
  class ProfileTask < Rake::TestTask
    # @return [String] the directory of the reports, made if it is missing; default: "profile"
    attr_accessor :output_dir

    # @return [Numeric] the least share of a method to be shown, in percent; default: 0
    attr_accessor :min_percent

    # @return [Symbol, String] the printer, as the command names it; default: :flat
    attr_accessor :printer

    # @return [Boolean] whether the task fails in the end if a script did; default: false, as in ruby-prof
    attr_accessor :fail_on_error

    # @param name [Symbol, String, Hash] the task's name, as in Rake
    def initialize(name = :profile)
      @output_dir = "profile"
      @min_percent = 0
      @printer = :flat
      super
    end

    # Defines the tasks NAME and clobber_NAME. Called by new.
    def define
      # What Rake says if nobody else does would speak of tests.
      desc(@description.to_s.start_with?("Run tests") ? "Profile each test file into #{output_dir}/" : @description)
      task(@name => Array(deps)) { run_scripts }

      desc("Remove the reports of #{@name}")
      task("clobber_#{@name}") { clean_output_directory }
      task(clobber: "clobber_#{@name}")
      self
    end

    # Where the reports go.
    def output_directory
      File.expand_path(output_dir.to_s)
    end

    # Makes the directory, if it is missing.
    def create_output_directory
      FileUtils.mkdir_p(output_directory)
    end

    # Deletes the reports, and nothing else that may be in there.
    def clean_output_directory
      file_list.each { |script| FileUtils.rm_rf(report_path(script)) }
      Dir.rmdir(output_directory) if File.directory?(output_directory) && Dir.empty?(output_directory)
    end

    # Runs one script under the profiler.
    #
    # @return [Boolean] whether it ended well
    def run_script(script)
      command = [RbConfig.ruby, "-I", File.expand_path("..", __dir__), *extension_path, executable, *option_list,
                 "--file=#{report_path(script)}", plain_name(script), *script_arguments]
      puts command.join(" ") if verbose
      before = state(report_path(script))
      return true if system(*command)

      # A script that was killed, or is no Ruby, has none.
      place = "; its report is in #{report_path(script)}" if state(report_path(script)) != before
      warn "ruby-prof: #{script} failed (#{$?.signaled? ? "signal #{$?.termsig}" : "exit status #{$?.exitstatus}"})#{place}"
      false
    end

    # The options of the command, without the file.
    #
    # @return [Array<String>]
    def option_list
      kind # Names the printers, if this is none.
      libraries = Array(libs).map { |path| "-I#{path}" }
      [*libraries, *("-w" if warning), *ruby_opts].map { |option| "--ruby=#{option}" } +
        ["--printer=#{printer}", "--min_percent=#{min_percent || 0}"]
    end

    private

    def run_scripts
      create_output_directory
      failed = file_list.to_a.reject { |script| run_script(script) }
      return unless fail_on_error && failed.any?

      raise "#{failed.length} of #{file_list.length} scripts failed: #{failed.join(", ")}" if failed.any?
    end

    def kind
      PrinterKind.named(printer.to_s) ||
        raise(ArgumentError, "printer: #{printer.inspect} cannot be used: give one of #{PrinterKind.names}")
    end

    # Named after the script; after its path, where several have the same name.
    def report_path(script)
      name = File.basename(script, ".rb")
      same = file_list.count { |other| File.basename(other, ".rb") == name }
      name = script.delete_suffix(".rb").gsub(/[^\w.-]+/, "-") if same > 1
      File.join(output_directory, "#{name}#{kind.extension}")
    end

    # No option.
    def plain_name(script)
      script.start_with?("-") ? "./#{script}" : script
    end

    # What changes when a file, or one in a directory, is written.
    def state(path)
      [path, *Dir.glob("*", base: path).map { |name| File.join(path, name) }].filter_map do |file|
        stat = File.stat(file)
        [file, stat.ino, stat.mtime, stat.size]
      rescue SystemCallError
        nil
      end
    end

    def script_arguments
      ENV.fetch("OPTIONS", "").split
    end

    def executable
      File.expand_path("../../exe/ruby-prof", __dir__)
    end

    # Where RubyGems keeps the compiled library.
    def extension_path
      $LOAD_PATH.select { |path| Dir.exist?(File.join(path, "ruby_prof")) }.flat_map { |path| ["-I", path] }
    end
  end
end
