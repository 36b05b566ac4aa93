# frozen_string_literal: true

module RubyProf
  module Matchers
    # What {Matchers::DSL#make_constant_calls} gives.
    class MakeConstantCalls < Matcher
      def initialize(patterns)
        super()
        @patterns = patterns
        @from = []
        @sizes = nil
        Expectations::SelectedCalls.new(patterns)
      end

      # @param sizes [Array<Integer>] increasing: the block is run with each, and takes it as an argument
      # @param more [Array] refused: the sizes are one list
      # @return [self]
      # @raise [ArgumentError] for other sizes
      def for(sizes = nil, *more)
        @sizes = Expectations::Sizes.listed(sizes, more)
        self
      end

      # Only calls that these methods make themselves.
      #
      # @param patterns [Array] as for {Matchers::DSL#make_calls}
      # @return [self]
      # @raise [ArgumentError] for no pattern, one that is none, or a second `from`
      def from(*patterns)
        call_from(patterns)
      end

      private

      def expectation
        raise ArgumentError, "make_constant_calls needs sizes: write make_constant_calls(...).for([10, 100, 1000]), with a block that takes one" unless @sizes

        Expectations::GrowingCalls.new(@patterns, @sizes, from: @from, options: @options)
      end
    end
  end
end
