# frozen_string_literal: true

module RubyProf
  module Expectations
    # Classes of growth, as people say and give them.
    module GrowthWords
      module_function

      # @return [Symbol] a class that can be exceeded
      # @raise [ArgumentError]
      def checked(bound)
        return bound if BOUNDS.include?(bound)
        raise ArgumentError, "nothing is found to grow more than exponentially, so this could not fail: give a lower bound, such as :cubic" if bound == BOUNDLESS

        raise ArgumentError, "#{Text.value(bound)} is no class of growth: give one of #{BOUNDS.map(&:inspect).join(", ")}"
      end

      BOUNDLESS = Growth::CLASSES.last
      BOUNDS = (Growth::CLASSES - [BOUNDLESS]).freeze

      def of(growth)
        growth == :irregular ? "of no known growth" : growth.to_s.tr("_", " ")
      end
    end
  end
end
