# frozen_string_literal: true

module RubyProf
  module Matchers
    # What {Matchers::DSL#make_stable_calls} gives.
    class MakeStableCalls < Matcher
      def initialize(patterns)
        super()
        @patterns = patterns
        Expectations::SelectedCalls.new(patterns) if patterns.any?
      end

      # @raise [ArgumentError] always: what happens only the first time cannot be the same three times
      def cold
        raise ArgumentError, "make_stable_calls compares three runs, and only one is the first: leave cold out"
      end

      private

      def expectation
        Expectations::StableCalls.new(@patterns, options: @options)
      end
    end
  end
end
