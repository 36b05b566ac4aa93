# frozen_string_literal: true

require "ruby-prof/printer_kind"
require "ruby-prof/whole_file"

module RubyProf
  # Writes one report for a person who waits at a terminal: to stdout or a file that was checked before
  # the program ran, with a word about progress. A report that fails does not take the profile with it.
  class ReportWriter
    # More call paths than this take most printers a second or more.
    MANY_CALL_PATHS = 5_000_000
    # Seconds after which a report is worth a line on stderr.
    LONG = 1.0

    # A file that is opened when there is something to write: a report that fails leaves the old one.
    class LateFile
      def initialize(path)
        @path = path
      end

      def <<(text)
        @file ||= File.open(@path, "wb")
        @file << text
        self
      end

      def close
        @file&.close
      end
    end

    # @param kind [PrinterKind]
    # @param path [String, nil] absolute; a file, or the directory of a printer that needs one; nil is stdout
    # @param options [Hash] the printer's
    # @param profile_name [String] what the files of a MultiPrinter begin with
    # @param rescue_directory [String] where to save a profile whose report failed
    def initialize(kind, path: nil, options: {}, profile_name: "profile", rescue_directory: Dir.pwd)
      @kind = kind
      @path = path
      @options = options
      @profile_name = profile_name
      @rescue_directory = rescue_directory
    end

    # Makes sure, before a program runs for an hour, that its report can be written.
    #
    # @raise [RubyProf::OutputError]
    def check!
      return if @path.nil?

      @kind.directory? ? self.class.check_directory(@path) : self.class.check_file(@path)
    rescue SystemCallError => e
      raise OutputError, "cannot write to #{@path}: #{self.class.reason(e)}"
    end

    # @return [Boolean] whether the report is written; false if only the profile could be saved
    def write(profile)
      with_progress(profile) { @kind.directory? ? print_files(profile) : print_text(profile) }
      true
    rescue Errno::EPIPE
      true # The reader has seen enough: `ruby-prof work.rb | head`.
    rescue StandardError, NotImplementedError, NoMemoryError, SystemStackError => e
      say "the report failed: #{e.message} (#{e.class})"
      rescue_profile(profile)
      false
    end

    # Saves the profile itself; the message says where.
    #
    # @return [String, nil] the path
    def rescue_profile(profile)
      problem = nil
      rescue_directories.each do |directory|
        path = File.join(directory, "ruby-prof.#{Process.pid}.rbprof")
        begin
          profile.save(path)
        rescue StandardError, NotImplementedError => e
          problem = e
        else
          say "the profile is saved in #{path}; print it with: ruby-prof report #{path}"
          return path
        end
      end
      say "the profile could not be saved either: #{problem.message} (#{problem.class})"
      nil
    end

    class << self
      def check_file(path)
        raise Errno::EISDIR, path if File.directory?(path)
        return if File.exist?(path) && !File.file?(path) # A device or a pipe: opening it may block.

        existed = File.exist?(path)
        File.open(path, "ab", &:itself)
        # Not a symbolic link that led nowhere.
        File.delete(File.realpath(path)) unless existed
      end

      # @return [Boolean] whether two paths are those of one file
      def same_file?(one, other)
        WholeFile.same?(one, other)
      end

      # What the system says, without where it says it.
      def reason(error)
        error.message.sub(/ @ .*/m, "").sub(/ - .*/m, "")
      end

      def check_directory(path)
        raise Errno::ENOTDIR, path if File.exist?(path) && !File.directory?(path)

        make_directory(path)
        raise Errno::EACCES, path unless File.writable?(path)
      end

      # `mkdir -p`, without loading a library into somebody's program.
      def make_directory(path)
        return if File.directory?(path)

        make_directory(File.dirname(path))
        Dir.mkdir(path)
      rescue Errno::EEXIST
        nil
      end

      # A line of ours on stderr, which may be closed.
      def say(message)
        $stderr.write("ruby-prof: #{message}\n")
      rescue IOError, SystemCallError
        nil
      end
    end

    private

    def print_text(profile)
      return print_to_stdout(profile) if @path.nil?

      file = LateFile.new(@path)
      @kind.printer.new(profile).print(file, **@options)
    ensure
      file&.close
    end

    # The program may have put something else in $stdout, an encoding on it, or another file in the place of
    # one that it closed: fileno raises then.
    def print_to_stdout(profile)
      flush_stdout
      STDOUT.flush
      stdout = IO.for_fd(STDOUT.fileno, "wb", autoclose: false)
      @kind.printer.new(profile).print(stdout, **@options)
      stdout.flush
    end

    # The program's, which need not answer more than write.
    def flush_stdout
      $stdout.flush
    rescue NoMethodError
      nil
    end

    def print_files(profile)
      self.class.make_directory(@path)
      @kind.printer.new(profile).print(path: @path, profile: @profile_name, **@options)
    end

    # The report is made in one piece, under Ruby's lock: nothing could count the seconds meanwhile.
    def with_progress(profile)
      return yield unless $stderr.respond_to?(:tty?) && $stderr.tty?

      count = Report.call_paths(profile)
      line = "ruby-prof: writing #{@kind.name} (#{count.to_s.gsub(/(?<=\d)(?=(\d{3})+\z)/, ",")} call paths) ..."
      announced = count > MANY_CALL_PATHS
      $stderr.print(line) if announced
      began = Process.clock_gettime(Process::CLOCK_MONOTONIC)
      yield
      seconds = Process.clock_gettime(Process::CLOCK_MONOTONIC) - began
      $stderr.print(line) if !announced && seconds > LONG
      $stderr.puts(format(" %.1f s", seconds)) if announced || seconds > LONG
    end

    def rescue_directories
      [@rescue_directory, @path && File.dirname(@path), ENV["TMPDIR"], "/tmp"].compact.uniq
    end

    def say(message)
      self.class.say(message)
    end
  end
  private_constant :ReportWriter
end
