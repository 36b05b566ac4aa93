# frozen_string_literal: true

module RubyProf
  module Expectations
    # That three runs make the same calls, method by method.
    class StableCalls < Expectation
      RUNS = 3

      # @param patterns [Array] of methods; empty: the program's own
      # @param options [Options]
      def initialize(patterns = [], options: Options.new)
        super()
        @calls = patterns.empty? ? nil : SelectedCalls.new(patterns, options: Options.new(all_threads: options.all_threads))
        @options = options
      end

      def description
        "make stable calls#{" to #{@calls}" if @calls}#{@options}"
      end

      private

      def find(work)
        runs = @calls ? @calls.edges(work, [nil] * RUNS) : own_edges(work)
        stability = Stability.new(runs, @all || -> { [work.look_around(all_threads: threads)] })
        total = runs.first.sum(&:called)
        finding(holds: stability.stable?, called: total,
                message: -> { ["not deterministic: #{RUNS} runs made different numbers of calls", *stability.lines].join("\n") },
                negated: "expected #{RUNS} runs to make different numbers of calls, but each made the same #{Text.number(total)}")
      end

      def threads
        @options.all_threads ? true : false
      end

      def own_edges(work)
        work.check(sized: false, words: @options.words)
        work.warm_up
        own = OwnCode.new
        @all = work.count_each([nil] * RUNS, nil, all_threads: threads).map(&:edges)
        edges = @all.map { |run| run.select { |edge| own.method?(edge.callee) } }
        return edges if edges.any?(&:any?)

        raise ArgumentError, "the block calls no method of your own code (what is below the current directory, gems apart), " \
                             "so there is nothing to compare: name the methods, as in #{@options.words.stable_of}"
      end
    end
  end
end
