# frozen_string_literal: true

require "ruby-prof/whole_file"

module RubyProf
  module TestRun
    # The processes of one run, as parallel_tests starts them. Each leaves its part in a directory; whoever ends makes the
    # report of all parts that are there, under a lock: so the last one's has everything, whoever that is.
    class Parallel
      DIRECTORY = ".parallel"
      PART = /\A(\d+)\.json\z/
      STARTED = /\A(\d+)\.started\z/

      # @return [Parallel, nil] nil in a process that is alone
      def self.of_environment(directory, environment, output)
        number = environment["TEST_ENV_NUMBER"]
        given = environment["RUBY_PROF_RUN"].to_s
        return if number.nil? && given.empty?

        run = [given, environment["PARALLEL_PID_FILE"].to_s].find { |name| !name.empty? }
        new(directory, run || parent, number, environment["PARALLEL_TEST_GROUPS"], output, guessed: run.nil?)
      end

      # @return [String] the process that started this one, told from an earlier one of the same number
      def self.parent
        pid = Process.ppid
        began = File.read("/proc/#{pid}/stat").rpartition(")").last.split[19]
        "#{pid}-#{began}"
      rescue SystemCallError
        pid.to_s
      end

      # @return [String] of this process: "1", "2" ...
      attr_reader :number

      # @param run [String] what all processes of the run, and no others, give
      # @param guessed [Boolean] whether nobody gave that
      def initialize(directory, run, number, groups, output, guessed: false)
        @guessed = guessed
        # parallel_tests gives the first process an empty number.
        @number = number.to_s.empty? ? "1" : Text.clean(number, longest: 40)
        @groups = Integer(groups.to_s, 10, exception: false)
        @root = File.join(directory, DIRECTORY)
        @name = output.stem("run", run)
        @directory = File.join(@root, @name)
        @output = output
      end

      # @return [Integer, nil] how many processes there are to be; nil if nobody said
      attr_reader :groups
      # @return [Boolean] whether nobody named the run
      attr_reader :guessed
      # @return [String] names the run
      attr_reader :name

      # Says that this process is there, so that others miss it if it does not end well.
      def register
        locked do
          sweep
          make(@directory)
          File.write(File.join(@directory, "#{Process.pid}.started"), number)
        end
      rescue SystemCallError => e
        @output.problem("cannot write to #{@output.shown(@root)}: #{ReportWriter.reason(e)}")
      end

      # Leaves a part and yields all parts that are there, each with its profile's path, and who is missing. Nobody else does
      # the same meanwhile.
      #
      # @param part [Part]
      # @yieldparam parts [Array<Part>] by number
      # @yieldparam missing [Array<Array(String, Boolean)>] numbers of processes that left none, and whether they still run
      def share(part)
        locked do
          make(@directory)
          WholeFile.write(File.join(@directory, "#{Process.pid}.rbprof"), part.profile) if part.profile
          WholeFile.write(File.join(@directory, "#{Process.pid}.json"), part.to_json_text)
          parts = read_parts
          missing = find_missing
          result = yield parts, missing
          clean(@directory) if groups && parts.length >= groups
          result
        end
      end

      private

      def locked
        make(@root)
        File.open(File.join(@root, "lock"), File::RDWR | File::CREAT, 0o644) do |lock|
          lock.flock(File::LOCK_EX)
          yield
        end
      end

      def make(directory)
        ReportWriter.make_directory(directory)
      end

      def read_parts
        parts = Dir.children(@directory).grep(PART).sort.filter_map { |name| read_part(File.join(@directory, name)) }
        parts.sort_by { |part| [part.facts["number"].to_i, part.facts["pid"]] }
      end

      # Another process's part takes nobody else's report with it.
      def read_part(path)
        part = Part.load(path)
        profile = path.sub(/json\z/, "rbprof")
        part.profile = File.binread(profile) if File.file?(profile)
        part
      rescue ArgumentError, SystemCallError => e
        @output.problem("#{@output.shown(path)} is left out, what a process of this run wrote: #{e.is_a?(ArgumentError) ? e.message : ReportWriter.reason(e)}")
      end

      def find_missing
        there = Dir.children(@directory)
        ended = there.filter_map { |name| name[PART, 1] }
        started = there.filter_map { |name| name[STARTED, 1] } - ended
        started.map { |pid| [Text.clean(File.binread(File.join(@directory, "#{pid}.started"), 40)), alive?(pid.to_i)] }.sort
      end

      # Deletes what earlier runs left, unless they go on.
      def sweep
        Dir.children(@root).each do |name|
          directory = File.join(@root, name)
          next if name == @name || !File.directory?(directory)

          pids = Dir.children(directory).filter_map { |file| file[STARTED, 1] }
          clean(directory) if pids.none? { |pid| alive?(pid.to_i) }
        end
      end

      # What is ours in it.
      def clean(directory)
        Dir.children(directory).grep(/\A(?:\d+\.(?:json|rbprof|started)|\.rp-\h{16})\z/).each { |name| File.delete(File.join(directory, name)) }
        Dir.rmdir(directory)
      rescue SystemCallError
        nil
      end

      def alive?(pid)
        Process.kill(0, pid)
        true
      rescue Errno::ESRCH
        false
      rescue SystemCallError
        true
      end
    end
  end
end
