# frozen_string_literal: true

module RubyProf
  module CLI
    # The files that `ruby-prof check` compares: saved profiles, and call profiles.
    class CheckInputs # :nodoc:
      # @param only [Array, nil] patterns
      # @param ignore [Array] patterns
      def initialize(only:, ignore:)
        @only = only
        @ignore = ignore
      end

      # @return [CallProfile] the sum
      # @raise [Failure]
      def read(paths)
        profiles = paths.map { |path| one(path) }
        sum = profiles.size == 1 ? profiles.first : CallProfile.sum(profiles)
        return sum unless sum.empty?

        which = @only ? "methods that --only names" : "methods of your own code"
        raise Failure, "#{paths.join(", ")} has no calls of #{which}: was it recorded in another directory? " \
                       "Go there, or name methods: --only PATTERNS"
      end

      private

      def one(path)
        return recorded(path) unless CallProfile.const_get(:Document).like?(File.binread(path))

        named(CallProfile.load(path))
      rescue Error, SystemCallError, ArgumentError => e # A NUL in a path.
        raise Failure, e.message
      end

      def recorded(path)
        CallProfile.of(RubyProf.load(path), only: @only || [:app], ignore: @ignore)
      end

      # A call profile knows names only. What patterns of places (lib/shop, gem:rack) mean was decided when it was written.
      def named(profile)
        only = @only.to_a.none? { |pattern| place?(pattern) } ? @only.to_a : []
        filter = Filter.new(only: only, exclude: @ignore.reject { |pattern| place?(pattern) })
        hidden = filter.hidden(profile.names.map { |name| CallProfile.const_get(:Names).facts(name) })
        shown = profile.names.zip(hidden).reject(&:last).map(&:first)
        CallProfile.new(shown.flat_map { |name| profile.callers(name).map { |caller, called| [name, caller, called] } }, c_calls: profile.c_calls?)
      end

      def place?(pattern)
        case pattern
        when Symbol, Hash then true
        when String then pattern.include?("/") && !pattern.match?(%r{[#.]/\z})
        else false
        end
      end
    end
    private_constant :CheckInputs
  end
end
