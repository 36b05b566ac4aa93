# frozen_string_literal: true

module RubyProf
  module Expectations
    # What all expectations share: a Finding becomes a Verdict, and is told to the run. Each has `find(work)` and
    # `description`.
    class Expectation
      # What a block did. `holds`: whether that is as expected; nil if that cannot be told, which is a failure, negated or
      # not. `called`: the number that counts. `message` and `negated`: Procs or Strings, for the two failures.
      Finding = ::Struct.new(:holds, :called, :message, :negated, keyword_init: true)

      # What the running example is called, for the report's name; set by adapters.
      attr_writer :example

      # @param block [Proc, Work]
      # @return [Verdict]
      def check(block)
        judge(block, negated: false)
      end

      # @return [Verdict] of the opposite
      def check_not(block)
        judge(block, negated: true)
      end

      private

      def judge(block, negated:)
        finding = find(Work.of(block))
        passed = finding.holds.nil? ? false : finding.holds != negated
        tell(negated, finding.called, passed)
        Verdict.new(passed, passed ? nil : (negated ? finding.negated : finding.message))
      end

      def tell(negated, called, passed)
        return unless defined?(TestRun)

        TestRun.measured(expectation: negated ? "not #{description}" : description, limit: limit, called: called, passed: passed)
      end

      # Of one Integer that is counted, in words for summaries; nil where there is no such thing.
      def limit
        nil
      end

      def finding(**facts)
        Finding.new(**facts)
      end

      def example
        [@example, description].compact.join(": ")
      end
    end
  end
end
