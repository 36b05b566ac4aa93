# frozen_string_literal: true

module RubyProf
  module Matchers
    # What {Matchers::DSL#make_calls} gives: the number of calls, from whom, in which run.
    class MakeCalls < Matcher
      def initialize(patterns)
        super()
        @patterns = patterns
        @from = []
        @bound = nil
        @growth = nil
        @sizes = nil
        Expectations::SelectedCalls.new(patterns)
      end

      # @param count [Integer]
      # @return [self]
      # @raise [ArgumentError] for what is no number of calls, or a second limit
      def exactly(count)
        limit(Expectations::Bound.exactly(count), "exactly(#{count})")
      end

      # @param count [Integer]
      # @return [self]
      # @raise [ArgumentError] for what is no number of calls, or a second limit
      def at_most(count)
        limit(Expectations::Bound.at_most(count), "at_most(#{count})")
      end

      # @param count [Integer]
      # @return [self]
      # @raise [ArgumentError] for what is no number of calls, or a second limit
      def at_least(count)
        limit(Expectations::Bound.at_least(count), "at_least(#{count})")
      end

      # @param range [Range<Integer>] an end may be missing
      # @return [self]
      # @raise [ArgumentError] for another Range, or a second limit
      def within(range)
        limit(Expectations::Bound.within(range), "within(#{range})")
      end

      # @return [self]
      # @raise [ArgumentError] for a second limit
      def never
        limit(Expectations::Bound.exactly(0), "never")
      end

      # @return [self]
      # @raise [ArgumentError] for a second limit
      def once
        limit(Expectations::Bound.exactly(1), "once")
      end

      # @return [self]
      # @raise [ArgumentError] for a second limit
      def twice
        limit(Expectations::Bound.exactly(2), "twice")
      end

      # @return [self]
      # @raise [ArgumentError] for a second limit
      def thrice
        limit(Expectations::Bound.exactly(3), "thrice")
      end

      # Reads well, and changes nothing.
      #
      # @return [self]
      def times
        self
      end
      alias time times

      # Only calls that these methods make themselves. What a C function calls, Array#sort for instance, is from that
      # function.
      #
      # @param patterns [Array] as for {Matchers::DSL#make_calls}
      # @return [self]
      # @raise [ArgumentError] for no pattern, one that is none, or a second `from`
      def from(*patterns)
        call_from(patterns)
      end

      # Counts three runs: should they differ, the expectation fails and says which method is not deterministic.
      #
      # @return [self]
      def stable
        @options.stable = true
        self
      end

      # Instead of a number: how it may depend on the size, `growing_at_most(:n_log_n).for([64, 512, 4096])`.
      #
      # @param growth [Symbol] as for {Matchers::DSL#grow_at_most}
      # @return [self]
      # @raise [ArgumentError] for another, or a second limit
      def growing_at_most(growth)
        second("growing_at_most(#{growth.inspect})") if @limit
        @limit = "growing_at_most(#{growth.inspect})"
        @growth = Expectations::GrowthWords.checked(growth)
        self
      end

      # @param sizes [Array<Integer>] increasing: the block is run with each, and takes it as an argument
      # @param more [Array] refused: the sizes are one list
      # @return [self]
      # @raise [ArgumentError] for other sizes
      def for(sizes = nil, *more)
        @sizes = Expectations::Sizes.listed(sizes, more)
        self
      end

      private

      def limit(bound, said)
        second(said) if @limit
        @limit = said
        @bound = bound
        self
      end

      def second(said)
        raise ArgumentError, "#{@limit} and #{said} are two limits: give one, or a Range, as in within(2..5)"
      end

      def expectation
        return growing if @growth
        raise ArgumentError, "for(#{@sizes.inspect}) needs to know how the calls may grow: write growing_at_most(:linear), or make_constant_calls" if @sizes

        Expectations::Calls.new(@patterns, bound: @bound || Expectations::Bound::AT_LEAST_ONCE, from: @from, options: @options)
      end

      def growing
        raise ArgumentError, "#{@limit} needs sizes: write #{@limit}.for([10, 100, 1000]), with a block that takes one" unless @sizes

        Expectations::GrowingCalls.new(@patterns, @sizes, bound: @growth, from: @from, options: @options)
      end
    end
  end
end
