# frozen_string_literal: true

module RubyProf
  module Expectations
    # How many: an inclusive range of counts, and how people say it.
    class Bound
      class << self
        def exactly(count)
          count = number(count, "exactly")
          new(count, count)
        end

        def at_least(count)
          new(number(count, "at_least"), nil)
        end

        def at_most(count)
          new(0, number(count, "at_most"))
        end

        # @param range [Range] of Integers; an end may be missing
        def within(range)
          ends = ::Range === range ? [range.begin, range.end] : [0.5]
          unless ends.compact.any? && ends.compact.all? { |each| ::Integer === each && !each.negative? }
            raise ArgumentError, "within(#{Text.value(range)}): give a Range of Integers of 0 or more, such as within(2..5)"
          end

          last = range.end && range.exclude_end? ? range.end - 1 : range.end
          raise ArgumentError, "within(#{range}): no number is in this Range" if last && last < range.begin.to_i

          new(range.begin.to_i, last)
        end

        private

        def number(count, name)
          return count if ::Integer === count && !count.negative?

          raise ArgumentError, "#{name}(#{Text.value(count)}): give a number of calls or objects, an Integer of 0 or more"
        end
      end

      attr_reader :least, :most

      def initialize(least, most)
        @least = least
        @most = most
      end

      AT_LEAST_ONCE = new(1, nil)

      def include?(count)
        count >= least && (most.nil? || count <= most)
      end

      def exceeded_by?(count)
        !most.nil? && count > most
      end

      # "at most 5000"
      def to_s
        words(least, most)
      end

      # "at most 5,000"
      def shown
        words(Text.number(least), most && Text.number(most))
      end

      # "at most 5 calls"
      def of(noun)
        "#{shown} #{(most || least) == 1 ? noun : "#{noun}s"}"
      end

      # "at most 5 times"
      def times
        most&.zero? ? "never" : of("time")
      end

      private

      def words(from, to)
        return least.zero? && most.zero? ? "no" : "exactly #{from}" if least == most
        return "at least #{from}" unless most

        least.zero? ? "at most #{to}" : "#{from} to #{to}"
      end
    end
  end
end
