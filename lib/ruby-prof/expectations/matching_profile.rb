# frozen_string_literal: true

require "ruby-prof/expectations/call_profile"

module RubyProf
  module Expectations
    # That a block makes the calls of a call profile in a file, like any other expectation.
    class MatchingProfile < Expectation
      # What is not for users to set so.
      OURS = %i[cold all_threads color].freeze

      # @param name [String]
      # @param directory [String]
      # @param color [Boolean]
      # @param settings [Hash] of CallProfileExpectation
      def initialize(name, directory:, color:, options: Options.new, **settings)
        super()
        takes = CallProfileExpectation.instance_method(:initialize)
        known = takes.parameters.map(&:last) - OURS
        Keywords.check(settings.reject { |key, _| known.include?(key) }, "a call profile", takes, except: OURS)
        @name = name
        options.check!
        @options = options
        @expectation = CallProfileExpectation.new(name, directory: directory, color: color, cold: options.cold ? true : false,
                                                        all_threads: options.all_threads ? true : false, **settings)
      end

      def description
        "match the call profile #{Text.shown(@name)}#{@options}"
      end

      private

      def judge(block, negated:)
        work = Work.of(block)
        work.check(sized: false, words: @options.words)
        verdict = @expectation.check(work.block, negated: negated)
        tell(negated, nil, verdict.passed)
        verdict
      end
    end
  end
end
