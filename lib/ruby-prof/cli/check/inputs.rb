# frozen_string_literal: true

require "ruby-prof/cli/check/choice"

module RubyProf
  module CLI
    # The files that `ruby-prof check` compares: saved profiles, and call profiles.
    class CheckInputs # :nodoc:
      # Callers that are no methods: "(gem rack)".
      PLACE = /\A\(/

      # @param only [Array, nil] patterns
      # @param ignore [Array] patterns
      def initialize(only:, ignore:)
        @only = only
        @ignore = ignore
      end

      # Each side is the sum of its files. What methods there are is the same for all: a call profile has own code
      # alone, and whatever else it was written with.
      #
      # @param sides [Array<Array<String>>] paths: those of now, then the baseline
      # @return [Array<CallProfile>] one for each side
      # @raise [Failure]
      def read(*sides)
        loaded = sides.zip([RECORD, WRITE]).map { |paths, advice| paths.map { |path| load(path, advice) } }
        choice = CheckChoice.new(loaded.flatten, only: @only, ignore: @ignore)
        sums = sides.zip(loaded).map { |paths, files| sum(paths, files.map { |file| choice.take(file) }) }
        choice.unused.each { |message| $stderr.puts "ruby-prof: #{message}" }
        sums
      rescue ArgumentError => e # A NUL in a path.
        raise Failure, e.message
      end

      private

      def sum(paths, profiles)
        sum = profiles.size == 1 ? profiles.first : CallProfile.sum(profiles)
        return sum unless sum.empty?

        which = @only ? "methods that --only names" : "methods of your own code"
        raise Failure, "#{paths.join(", ")} has no calls of #{which}: was it recorded in another directory? " \
                       "Go there, or name methods: --only PATTERNS"
      end

      # Opened once: it may be a pipe, such as <(git show main:work.json).
      #
      # @return [Profile, CallProfile]
      def load(path, advice)
        File.open(path, "rb") do |file|
          head = file.read(DOCUMENT::HEAD).to_s
          DOCUMENT.like?(head) ? DOCUMENT.read(file, head, path) : recorded(file, head, path)
        end
      rescue NoMemoryError => e
        raise Failure, "#{shown(path)} cannot be read: #{e.message}"
      rescue Errno::ENOENT
        raise Failure, "there is no #{shown(path)}; #{advice}"
      rescue SystemCallError => e
        raise Failure, "#{shown(path)} cannot be read: #{ReportWriter.reason(e)}"
      rescue Error, ArgumentError => e # A NUL in a path.
        raise Failure, e.message
      end

      def recorded(file, head, path)
        Profile.send(:read, file, head)
      rescue FormatError => e
        raise Failure, "#{shown(path)}: #{e.message.sub(SAVED_ONLY, "It can be what --save or Profile#save wrote, or a call profile (JSON)")}"
      end

      def shown(path)
        table = CallProfile.const_get(:Table)
        table.shown(CallProfile.const_get(:Scope).text(path), table::LONGEST_PATH)
      end

      RECORD = "record a profile with: ruby-prof --save FILE SCRIPT"
      WRITE = "write a baseline with: ruby-prof check --write FILE CURRENT"
      DOCUMENT = CallProfile.const_get(:Document)
      SAVED_ONLY = "Only what Profile#save wrote can be loaded"
      private_constant :RECORD, :WRITE, :DOCUMENT, :SAVED_ONLY
    end
    private_constant :CheckInputs
  end
end
