# frozen_string_literal: true

module RubyProf
  module Matchers
    # What all matchers share: options, and RSpec's protocol for block matchers.
    #
    # They can be joined with `and` and `or`, also with others: each of ours runs the block on its own, others see the counted
    # run of one of them.
    class Matcher
      include ::RSpec::Matchers::Composable

      # Leaves out the run that warms up, and the one that explains: the block is run once, and all it does the first time
      # counts. What it loads is not known before, so all calls are counted: slower.
      #
      # @return [self]
      def cold
        @options.cold = true
        self
      end

      # Counts what all threads call, not only the one that runs the block.
      #
      # @return [self]
      def on_all_threads
        @options.all_threads = true
        self
      end

      # @api private
      def matches?(block)
        judge(block, :check)
      end

      # @api private
      def does_not_match?(block)
        judge(block, :check_not)
      end

      # What was expected and what was found, for RSpec.
      #
      # @api private
      # @return [String]
      def failure_message
        @verdict.message
      end

      # The same after `not_to`.
      #
      # @api private
      # @return [String]
      def failure_message_when_negated
        @verdict.message
      end

      # What is expected, in the words of an example's description.
      #
      # @api private
      # @return [String]
      def description
        expectation.description
      rescue ArgumentError => e
        "be written in full (#{e.message})"
      end

      # @api private
      def supports_block_expectations?
        true
      end

      # @api private
      def supports_value_expectations?
        false
      end

      # @api private
      def cold?
        @options.cold ? true : false
      end

      private

      def initialize
        @options = Expectations::Options.new
      end

      def initialize_copy(other)
        super
        @options = @options.dup
      end

      # For matchers that have `@patterns` and `@from`.
      def call_from(patterns)
        raise ArgumentError, "from was given twice: write all in one, as in from(\"Foo#bar\", \"Foo#baz\")" if @from.any?
        raise ArgumentError, "from: name a method that calls, as in from(\"Foo#bar\")" if patterns.empty?

        Expectations::SelectedCalls.new(@patterns, from: patterns)
        @from = patterns
        self
      end

      def judge(block, how)
        unless ::Proc === block || Expectations::Work === block
          @verdict = Expectations::Verdict.new(false, "expected a block, not a value: write expect { ... } with braces")
          return false
        end

        checked = expectation
        checked.example = example_name
        @verdict = Expectations::Fault.shown { checked.public_send(how, block) }
        @verdict.passed?
      end

      def example_name
        return unless ::RSpec.respond_to?(:current_example)

        ::RSpec.current_example&.full_description
      end
    end
  end
end
