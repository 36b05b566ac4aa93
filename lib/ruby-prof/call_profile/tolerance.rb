# frozen_string_literal: true

module RubyProf
  class CallProfile
    # How much of a change is none: "2%", 5 calls, or a Hash of these by pattern.
    class Tolerance # :nodoc:
      FORMS = "give \"2%\", a number of calls, or a Hash of these by pattern: { \"Cache#*\" => 5 }"
      PERCENT = /\A\s*(?<number>\d+(?:\.\d+)?)\s*%\s*\z/

      # One limit, of calls or of a share.
      Limit = Struct.new(:calls, :percent) do
        # In integers: a share is exact.
        def hold?(before, after)
          change = (after - before).abs
          percent ? change * 100 <= percent * before : change <= calls
        end

        def to_s
          percent ? "#{percent.to_f.to_s.delete_suffix(".0")}%" : calls.to_s
        end
      end

      # @return [Limit]
      # @raise [ArgumentError]
      def self.limit(value)
        case value
        when Integer
          return Limit.new(value, nil) unless value.negative?
        when String
          return Limit.new(nil, PERCENT.match(value)[:number].to_r) if PERCENT.match?(value)
        end
        raise ArgumentError, "#{value.inspect} is no tolerance: #{FORMS}"
      end

      def initialize(within)
        @all = Tolerance.limit(::Hash === within || within.nil? ? 0 : within)
        @by_pattern = ::Hash === within ? within.map { |pattern, value| [Filter.new(only: [pattern]), Tolerance.limit(value)] } : []
        @limits = {}
      end

      # @param name [String] a method's full name
      def hold?(name, before, after)
        (@limits[name] ||= limit_of(name)).hold?(before, after)
      end

      private

      def limit_of(name)
        facts = [Names.facts(name)]
        @by_pattern.find { |filter, _| !filter.hidden(facts).first }&.last || @all
      end
    end

    # What patterns look at, of a method that is known by name only.
    module Names # :nodoc:
      SINGLETON = /\A<(?<kind>Class|Module|Object)::(?<class>.+)>\z/m
      FLAGS = { "Class" => MethodInfo::CLASS_SINGLETON, "Module" => MethodInfo::MODULE_SINGLETON, "Object" => MethodInfo::OBJECT_SINGLETON }.freeze

      def self.facts(full_name)
        owner, _, name = full_name.partition("#")
        owner, name = full_name.match(/\A(.*>)#(.*)\z/m)&.captures || [owner, name] if full_name.start_with?("#<", "<")
        single = SINGLETON.match(owner)
        single ? [full_name, single[:class], FLAGS[single[:kind]], name, nil] : [full_name, owner, 0, name, nil]
      end

      # As people say it: "Store.query" for "<Class::Store>#query". Files have full names.
      def self.spoken(full_name)
        owner, hash, name = full_name.rpartition(">#")
        single = SINGLETON.match("#{owner}>") unless hash.empty?
        single && single[:kind] != "Object" ? "#{single[:class]}.#{name}" : full_name
      end
    end
    private_constant :Tolerance, :Names
  end
end
