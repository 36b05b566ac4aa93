# frozen_string_literal: true

module RubyProf
  module Matchers
    # What {Matchers::DSL#match_call_profile} gives.
    class MatchCallProfile < Matcher
      def initialize(name, settings)
        super()
        @name = name
        @settings = settings
        expectation
      end

      private

      def expectation
        color = ::RSpec.respond_to?(:configuration) && ::RSpec.configuration.color_enabled?
        Expectations::MatchingProfile.new(@name, **{ directory: "spec/call_profiles", color: color, options: @options }, **@settings)
      end
    end
  end
end
