# frozen_string_literal: true

module RubyProf
  module Expectations
    # The calls that are meant: of methods by patterns, maybe only from others.
    class SelectedCalls
      attr_reader :selection

      # @param patterns [Array] for Counting::Selection
      # @param from [Array] likewise, of callers; empty: from anywhere
      # @raise [ArgumentError] for no pattern, or one that is none
      def initialize(patterns, from: [], options: Options.new)
        options.check!
        raise ArgumentError, "name a method: give a pattern such as \"Foo#bar\", or a Method" if patterns.empty?

        @selection = Counting::Selection.new(*patterns)
        @from = from.empty? ? nil : Counting::Selection.new(*from)
        @options = options
      end

      # Runs the block: once to warm up, unless cold, and once for each size to count.
      #
      # One warm-up, with the smallest size. It loads, compiles and remembers what a process does once. To warm up every
      # size would hide what is remembered for each, a cost that the counts are to show; and it would take twice the time.
      #
      # @param sizes [Array<Integer, nil>]
      # @return [Array<Array<Counting::Edge>>] for each run its edges, of all callers
      # @raise [Counting::Selection::NoMethodMatches]
      def edges(work, sizes)
        work.check(sized: !sizes.first.nil?, words: words)
        return cold_edges(work, sizes) if @options.cold

        work.warm_up(sizes.first)
        @from&.targets
        runs = work.count_each(sizes, @selection, all_threads: all_threads?)
        # Methods that the block itself defines, at each run anew, are not among those that were watched.
        return selected(work.count_each(sizes, nil, all_threads: all_threads?)) if runs.any?(&:stale?)

        runs.map(&:edges)
      end

      # Those of them that are from the callers which were named.
      def from(edges)
        @from ? edges.select { |edge| from?(edge.caller) } : edges
      end

      def from?(method)
        @from.nil? || @from.match?(method)
      end

      def all_threads?
        @options.all_threads ? true : false
      end

      def cold?
        @options.cold
      end

      def words
        @options.words
      end

      # "calls to Foo#bar from Foo#baz"
      def to_s
        "#{Text.shown(@selection.to_s, 200)}#{" from #{Text.shown(@from.to_s, 200)}" if @from}"
      end

      private

      # What the block loads is not known before it ran, so all calls are counted and compared afterwards.
      def cold_edges(work, sizes)
        runs = work.count_cold(sizes, all_threads: all_threads?)
        @selection.targets
        @from&.targets
        selected(runs)
      end

      def selected(runs)
        runs.map { |counts| counts.edges.select { |edge| @selection.match?(edge.callee) } }
      end
    end
  end
end
