# frozen_string_literal: true

module RubyProf
  module Expectations
    # That methods are called a number of times.
    class Calls < Expectation
      # @param patterns [Array] of the methods
      # @param bound [Bound] how often, all together
      # @param from [Array] patterns of callers
      # @param options [Options]
      def initialize(patterns, bound: Bound::AT_LEAST_ONCE, from: [], options: Options.new)
        super()
        @calls = SelectedCalls.new(patterns, from: from, options: options)
        @bound = bound
        @options = options
      end

      def description
        times = @bound.equal?(Bound::AT_LEAST_ONCE) ? "" : " #{@bound.times}"
        "make calls to #{@calls}#{times}#{@options}"
      end

      private

      def limit
        @bound.to_s
      end

      def find(work)
        runs = @calls.edges(work, [nil] * @options.runs)
        chosen = runs.map { |edges| @calls.from(edges) }
        called = chosen.first.sum(&:called)
        unstable = Stability.new(chosen, -> { [work.look_around(all_threads: @calls.all_threads?)] })
        return undecided(unstable, called) unless unstable.stable?

        finding(holds: @bound.include?(called), called: called,
                message: -> { failure("expected #{@bound.of("call")} to #{@calls}, got #{called.zero? ? "none" : Text.number(called)}", work, runs.first, called) },
                negated: -> { failure(negated_headline(called), work, runs.first, called) })
      end

      def undecided(unstable, called)
        message = ["calls to #{@calls} are not deterministic, so no number of them can be expected:", *unstable.lines].join("\n")
        finding(holds: nil, called: called, message: message, negated: message)
      end

      def negated_headline(called)
        return "expected no calls to #{@calls}, got #{Text.number(called)}" if @bound.equal?(Bound::AT_LEAST_ONCE)

        "expected any number of calls to #{@calls} but #{@bound.shown.delete_prefix("exactly ")}, got #{called.zero? ? "none" : Text.number(called)}"
      end

      def failure(headline, work, edges, called)
        excess = @bound.exceeded_by?(called) || @bound.equal?(Bound::AT_LEAST_ONCE)
        Failure.new(headline, work, @calls, name: example).text(edges, fan_out: excess, few: called < @bound.least)
      end
    end
  end
end
