# frozen_string_literal: true

module RubyProf
  module Expectations
    # That the number of calls depends on the size in no way, or in no worse way than a class of growth.
    class GrowingCalls < Expectation
      # @param patterns [Array]
      # @param sizes [Array<Integer>]
      # @param bound [Symbol, nil] of Growth::CLASSES; nil: the same number for each size
      # @param from [Array] patterns of callers
      # @param options [Options]
      def initialize(patterns, sizes, bound: nil, from: [], options: Options.new)
        super()
        raise ArgumentError, "stable is for counts of one size: leave it out, each size is counted once" if options.stable

        @calls = SelectedCalls.new(patterns, from: from, options: options)
        @bound = bound && GrowthWords.checked(bound)
        @sizes = bound ? Sizes.telling(@bound, sizes) : Sizes.checked(sizes)
        @options = options
      end

      def description
        return "make constant calls to #{@calls} for #{Sizes.list(@sizes)}#{@options}" unless @bound

        "make calls to #{@calls} growing at most #{GrowthWords.of(@bound)} for #{Sizes.list(@sizes)}#{@options}"
      end

      private

      def limit
        @bound ? "at most #{GrowthWords.of(@bound)}" : "constant"
      end

      def find(work)
        runs = @calls.edges(work, @sizes)
        counts = runs.map { |edges| @calls.from(edges).sum(&:called) }
        holds = @bound ? !Growth.exceeds?(@bound, @sizes, counts) : counts.uniq.one?
        finding(holds: holds, called: counts,
                message: -> { failure(headline(counts), work, runs.last, true) },
                negated: -> { failure(negated_headline(counts), work, runs.last, false) })
      end

      def headline(counts)
        wanted = @bound ? "calls to #{@calls} to grow at most #{GrowthWords.of(@bound)}" : "the same number of calls to #{@calls} for each size"
        "expected #{wanted}, got #{got(counts)}"
      end

      def negated_headline(counts)
        wanted = @bound ? "calls to #{@calls} to grow more than #{GrowthWords.of(@bound)}" : "the number of calls to #{@calls} to depend on the size"
        "expected #{wanted}, got #{got(counts)}"
      end

      def got(counts)
        [GrowthWords.of(Growth.of(@sizes, counts)), *Sizes.table(@sizes, "calls" => counts)].join("\n")
      end

      def failure(headline, work, edges, fan_out)
        # Who made the calls, is said of the largest size.
        headline = "#{headline}\nfor #{Text.number(@sizes.last)}:" if edges.any?
        Failure.new(headline, work, @calls, name: example).text(edges, fan_out: fan_out, size: @sizes.last)
      end
    end
  end
end
