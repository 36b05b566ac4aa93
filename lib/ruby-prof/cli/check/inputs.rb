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
      # @param sides [Array<Array<String>>] paths
      # @return [Array<CallProfile>] one for each side
      # @raise [Failure]
      def read(*sides)
        loaded = sides.map { |paths| paths.map { |path| load(path) } }
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

      # @return [Profile, CallProfile]
      def load(path)
        CallProfile.const_get(:Document).like?(File.binread(path)) ? CallProfile.load(path) : RubyProf.load(path)
      rescue Error, SystemCallError, ArgumentError => e # A NUL in a path.
        raise Failure, e.message
      end
    end
    private_constant :CheckInputs
  end
end
