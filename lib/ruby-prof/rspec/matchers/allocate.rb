# frozen_string_literal: true

module RubyProf
  module Matchers
    # What {Matchers::DSL#allocate_at_most} and its like give.
    class Allocate < Matcher
      def initialize(bound)
        super()
        @bound = bound
      end

      # Reads well, and changes nothing.
      #
      # @return [self]
      def objects
        self
      end
      alias object objects

      # Counts three runs: should they differ, the expectation fails.
      #
      # @return [self]
      def stable
        @options.stable = true
        self
      end

      private

      def expectation
        Expectations::Allocations.new(@bound, options: @options)
      end
    end
  end
end
