# frozen_string_literal: true

module RubyProf
  module CLI
    # Which methods `ruby-prof check` looks at: the same ones in all files. A call profile knows names only; where a method
    # is, the saved profiles know.
    class CheckChoice # :nodoc:
      # @param files [Array<Profile, CallProfile>]
      # @param only [Array, nil] patterns
      # @param ignore [Array] patterns
      def initialize(files, only:, ignore:)
        @only = only
        @ignore = ignore
        @written = files.grep(CallProfile)
        @facts = facts(files.grep(Profile))
        @chosen = {}
        @ignored = {}
        @matched = {}
      end

      # @param file [Profile, CallProfile]
      # @return [CallProfile]
      def take(file)
        profile = CallProfile === file ? file : CallProfile.of(file, including: elsewhere)
        edges = profile.names.select { |name| chosen?(name) && !ignored?(name) }
                       .flat_map { |name| profile.callers(name).map { |caller, called| [name, caller_name(caller), called] } }
        CallProfile.new(edges, c_calls: profile.c_calls?)
      end

      # @return [Array<String>] a sentence for each pattern that matches nothing
      def unused
        names = @facts.keys | written_names
        { "--only" => @only.to_a, "--ignore" => @ignore }.flat_map do |word, patterns|
          patterns.reject { |pattern| place?(pattern) && @written.any? }
                  .select { |pattern| names.none? { |name| match?([pattern], name) } }
                  .map { |pattern| "#{word} #{shown(pattern)} matches no method of these profiles" }
        end
      end

      private

      # By name, of each method that has it.
      def facts(profiles)
        facts = Hash.new { |hash, name| hash[name] = [] }
        profiles.flat_map { |profile| profile.threads.flat_map(&:methods) }.each do |info|
          next unless info.method_name

          name = SCOPE.text(info.full_name).gsub(SCOPE::ADDRESS, "")
          facts[name] |= [[info.full_name, info.klass_name, info.klass_flags, info.method_name.to_s, info.source_file]]
        end
        facts.default = nil
        facts
      end

      # Methods that are not own code, and are in a call profile nevertheless. Without one, those that are asked for.
      def elsewhere
        return @only.to_a if @written.empty?

        @elsewhere ||= [/\A(?:#{Regexp.union(written_names)})\z/]
      end

      # Methods of the call profiles, callers too.
      def written_names
        @written_names ||= @written.flat_map { |profile| profile.names.flat_map { |name| [name, *profile.callers(name).keys] } }
                                   .uniq.reject { |name| CheckInputs::PLACE.match?(name) }
      end

      def chosen?(name)
        @only.nil? || @chosen.fetch(name) { @chosen[name] = match?(@only, name) || (@facts[name].nil? && @only.any? { |pattern| place?(pattern) }) }
      end

      def ignored?(name)
        @ignored.fetch(name) { @ignored[name] = match?(@ignore, name) }
      end

      def caller_name(name)
        !CheckInputs::PLACE.match?(name) && ignored?(name) ? SCOPE::IGNORED : name
      end

      def match?(patterns, name)
        known = @facts[name]
        patterns = patterns.reject { |pattern| place?(pattern) } unless known
        return false if patterns.empty?

        filter(patterns).hidden(known || [CallProfile.const_get(:Names).facts(name)]).include?(false)
      end

      def filter(patterns)
        @matched[patterns] ||= Filter.new(only: patterns)
      end

      def place?(pattern)
        case pattern
        when Symbol, Hash then true
        when String then pattern.include?("/") && !pattern.match?(%r{[#.]/\z})
        else false
        end
      end

      def shown(pattern)
        case pattern
        when Regexp then pattern.inspect
        when Hash then "gem:#{pattern.values.first}"
        else pattern.to_s
        end
      end

      SCOPE = CallProfile.const_get(:Scope)
      private_constant :SCOPE
    end
    private_constant :CheckChoice
  end
end
