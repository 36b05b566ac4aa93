# frozen_string_literal: true

module RubyProf
  module Expectations
    # Classes of growth, as people say and give them.
    module GrowthWords
      module_function

      def checked(bound)
        return bound if Growth::CLASSES.include?(bound)

        raise ArgumentError, "#{Text.value(bound)} is no class of growth: give one of #{Growth::CLASSES.map(&:inspect).join(", ")}"
      end

      def of(growth)
        growth == :irregular ? "of no known growth" : growth.to_s.tr("_", " ")
      end
    end
  end
end
