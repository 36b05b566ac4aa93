# frozen_string_literal: true

require "ruby-prof/report_writer"
require "ruby-prof/whole_file"
require "ruby-prof/test_run/text"
require "ruby-prof/test_run/file_limit"

module RubyProf
  module TestRun
    # The directory of the reports. What cannot be written is said in one line, once, and is no failure of a test.
    class Output
      LONGEST_STEM = 60

      # @return [String] absolute
      attr_reader :directory

      # @param directory [String] absolute
      def initialize(directory)
        @directory = directory
        @lock = Mutex.new
        @taken = {}
        @problems = []
        @written = []
        # A test may go elsewhere; who reads what a run says has not.
        @here = "#{Dir.pwd}/"
      rescue SystemCallError
        @here = nil
      end

      # A name for a file: of a description, which may be anything, and told from others by what identifies it.
      #
      # @param description [String]
      # @param identity [String] the same in every run, and no other's
      # @param below [String, nil] a directory in the directory
      # @return [String] letters, digits, dots, dashes and underlines; a second time in this process it has a number
      def stem(description, identity = description, below: nil)
        plain = Text.clean(description, longest: 400).gsub(/[^A-Za-z0-9_.]+/, "-").gsub(/\.{2,}/, ".")[0, LONGEST_STEM].gsub(/\A[-.]+|[-.]+\z/, "")
        plain = "example" if plain.empty?
        name = [below, "#{plain}-#{digest(identity)}"].compact.join("/")
        count = @lock.synchronize { @taken[name] = @taken.fetch(name, 0) + 1 }
        count == 1 ? name : "#{name}-#{count}"
      end

      # Prints a profile.
      #
      # @param kind [PrinterKind]
      # @param stem [String] the file's name without its end, or the directory's
      # @return [String, nil] the path, as it should be shown; nil if it cannot be written
      def report(profile, kind, stem, options = {})
        attempt("#{stem}#{kind.extension}") do |path|
          if kind.directory?
            ReportWriter.make_directory(path)
            kind.printer.new(profile).print(path: path, profile: File.basename(stem), **options)
          else
            text = +""
            kind.printer.new(profile).print(text, **options)
            WholeFile.write(path, text)
          end
        end
      end

      # @param name [String] below the directory
      # @param bytes [String]
      # @return (see #report)
      def write(name, bytes)
        attempt(name) { |path| WholeFile.write(path, bytes) }
      end

      # @return [Array<String>] names below the directory of what was written
      def written
        @lock.synchronize { @written.uniq }
      end

      def path(name)
        File.join(directory, name)
      end

      # @return [String] relative to the directory in which the process began, where that is shorter
      def shown(path)
        @here && path.start_with?(@here) ? path.delete_prefix(@here) : path
      end

      # Yields each problem that was not told yet.
      def tell_problems
        told = @lock.synchronize { @problems.slice!(0..) }
        told.uniq.each { |problem| yield problem }
      end

      # Notes what went wrong.
      def problem(sentence)
        @lock.synchronize { @problems << Text.line(sentence, longest: 400) }
        nil
      end

      private

      def attempt(name)
        target = path(name)
        ReportWriter.make_directory(File.dirname(target))
        FileLimit.as_error { yield target }
        @lock.synchronize { @written << name }
        shown(target)
      rescue SystemCallError, IOError => e
        # The same for all files of a directory that takes none.
        problem("cannot write to #{shown(directory)}: #{ReportWriter.reason(e)}")
      rescue StandardError, NotImplementedError, NoMemoryError, SystemStackError => e
        problem("#{shown(target)} could not be written: #{e.message} (#{e.class})")
      end

      # FNV-1a in 32 bits: the same in every process.
      def digest(text)
        bytes = text.to_s.b
        bytes = "#{bytes.byteslice(0, 2000)}#{bytes.byteslice(-2000, 2000)}#{bytes.bytesize}" if bytes.bytesize > 4000
        hash = bytes.each_byte.inject(0x811c9dc5) { |sum, byte| ((sum ^ byte) * 0x01000193) & 0xffffffff }
        format("%08x", hash)
      end
    end
  end
end
