# frozen_string_literal: true

module RubyProf
  module Matchers
    # What {Matchers::DSL#grow_at_most} gives.
    class GrowAtMost < Matcher
      def initialize(growth)
        super()
        @growth = Expectations::GrowthWords.checked(growth)
        @sizes = nil
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

      def expectation
        unless @sizes
          raise ArgumentError, "grow_at_most needs sizes: write grow_at_most(#{@growth.inspect}).for([50, 100, 200, 400]), with a block that takes one"
        end

        Expectations::GrowthOfAll.new(@growth, @sizes, options: @options)
      end
    end
  end
end
