# frozen_string_literal: true

module RubyProf
  module Expectations
    # The block under test, and how it is run. Expectations that are joined with `and` or `or` share one.
    class Work
      # What stops a program stops it, whatever the block is expected to raise.
      PASSED_THROUGH = [::SignalException, ::NoMemoryError].freeze

      def self.of(block)
        Work === block ? block : new(block)
      end

      # Runs what explains a failure: it is no part of the example, whose profile has none of it.
      def self.aside(&explanation)
        defined?(TestRun) ? TestRun.aside(&explanation) : yield
      end

      # @param block [Proc]
      # @param around [#call, nil] is given the last counted run of one expectation, as a Proc, and has to call it once
      # @param inside [#call, nil] the same, but within what is counted: for what catches a throw
      # @param leaves [Boolean] whether the block is expected to leave by an exception or a throw
      def initialize(block, around: nil, inside: nil, leaves: false)
        @block = block
        @around = around
        @inside = inside
        @leaves = leaves
        @cold = nil
      end

      # @return [Proc]
      attr_reader :block

      # @raise [ArgumentError] if the block does not take what it would be given
      def check(sized:, words:)
        if sized && (@block.parameters.map(&:first) & %i[req opt rest]).empty?
          raise ArgumentError, "the block takes no #{"positional " if @block.parameters.any?}argument: it is run once for each size, so write { |n| ... }"
        end
        return if sized || @around || @block.arity.zero? || @block.arity == -1

        raise ArgumentError, "the block takes an argument, which only expectations over sizes give: " \
                             "name the sizes, as in #{words.sizes}, or write a block without"
      end

      # Runs the block once, uncounted: what is loaded, compiled or remembered the first time is so afterwards.
      def warm_up(size = nil)
        call(size)
      rescue ::Exception => e # rubocop:disable Lint/RescueException
        raise if !@leaves || PASSED_THROUGH.any? { |kind| kind === e }
      end

      # @param sizes [Array<Integer, nil>] a run each; nil: without an argument
      # @param selection [Counting::Selection, nil, :none] whose calls are counted; nil: all; :none: only objects are
      # @return [Array<Counting::Counts>]
      def count_each(sizes, selection, **options)
        sizes.each_with_index.map { |size, index| count(size, selection, index == sizes.size - 1, **options) }
      end

      # The same, for what can be counted only once: the runs in which the block does everything for the first time.
      # All calls and objects are counted, so that each expectation finds what it asks for.
      def count_cold(sizes, all_threads:)
        if @cold && @cold.first != [sizes, all_threads]
          raise ArgumentError, "the block has one first run: expectations that are .cold and joined have to agree on " \
                               "sizes and on .on_all_threads; write two expectations, each with a block of its own"
        end

        @cold ||= [[sizes, all_threads], count_each(sizes, nil, all_threads: all_threads, objects: true)]
        @cold.last
      end

      # Whoever waits for a counted run gets one that nobody counts, if there was none.
      def run_for_others
        return unless @around

        around = @around
        @around = nil
        inside = @inside
        around.call(->(*arguments) { inside ? inside.call(-> { @block.call(*arguments) }) : @block.call(*arguments) })
      end

      # Runs the block within something else that counts or records it.
      def call(size = nil)
        size ? @block.call(size) : @block.call
      end

      # Counts all calls of one more run, to say more of a failure.
      #
      # @return [Array<Counting::Edge>] none if it ends otherwise than the others
      def look_around(all_threads:)
        Work.aside { Counting.run(nil, all_threads: all_threads) { call }.edges }
      rescue ::StandardError, ::ScriptError, ::SystemExit
        []
      end

      private

      def count(size, selection, last, **options)
        return counted(selection, options, &(size ? -> { @block.call(size) } : @block)) unless last && @around

        around = @around
        @around = nil
        counts = nil
        around.call(->(*arguments) { count_within(selection, [*size, *arguments], options) { |found| counts = found } })
        counts || raise(ArgumentError, "the block was not run, or was left by a throw before its calls were counted: " \
                                       "join throw_symbol directly, or write two expectations")
      end

      def counted(selection, options, &work)
        return Counting.objects(all_threads: options.fetch(:all_threads), &work) if selection == :none

        Counting.run(selection, **options, &work)
      end

      # What the block does is counted, what is around it is not. An exception goes on when the counts are safe.
      def count_within(selection, arguments, options)
        block = @block
        work = arguments.empty? ? block : -> { block.call(*arguments) }
        inside = @inside
        error = nil
        counts = counted(selection, options) do
          inside ? inside.call(work) : work.call
        rescue ::Exception => e # rubocop:disable Lint/RescueException
          error = e
        end
        yield counts
        raise error if error

        counts.value
      end
    end
  end
end
