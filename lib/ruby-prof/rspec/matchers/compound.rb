# frozen_string_literal: true

module RubyProf
  module Matchers
    # Two block matchers, of which one at least is ours (or such a pair itself). Each of ours runs the block on its own, as
    # if it stood alone; all others share one run, the counted run of the first of ours, and are around what is counted.
    class Compound
      include ::RSpec::Matchers::Composable

      class << self
        def takes?(*matchers)
          matchers.any? { |matcher| ours?(matcher) || Compound === matcher }
        end

        # Also under another name, or negated.
        def ours?(matcher)
          Matcher === base(matcher)
        end

        def base(matcher)
          matcher = matcher.base_matcher while ::RSpec::Matchers::MatcherDelegator === matcher
          matcher
        end
      end

      # @param word [String] "and", "or"
      def initialize(word, first, second)
        @word = word
        @first = first
        @second = second
        @passed = nil
      end

      attr_reader :first, :second

      def matches?(block)
        @passed = {}.compare_by_identity
        unless ::Proc === block
          leaves.each { |leaf| @passed[leaf] = ours?(leaf) ? leaf.matches?(block) : true }
          return passed?(self)
        end

        run(block)
        passed?(self)
      end

      def does_not_match?(_block)
        raise NotImplementedError, "`expect { }.not_to matcher.#{@word} matcher` could mean two things: negate each with " \
                                   "`RSpec::Matchers.define_negated_matcher` and join them after `to`"
      end

      def failure_message
        message(self)
      end

      def description
        "#{@first.description} #{@word} #{@second.description}"
      end

      def supports_block_expectations?
        leaves.all? { |leaf| leaf.respond_to?(:supports_block_expectations?) && leaf.supports_block_expectations? }
      end

      def supports_value_expectations?
        false
      end

      def expects_call_stack_jump?
        leaves.any? { |leaf| jumps?(leaf) }
      end

      protected

      # All matchers of it, those of pairs within it too.
      def leaves
        [@first, @second].flat_map { |each| Compound === each ? each.leaves : [each] }
      end

      # Whether a part of it holds, by what the leaves said.
      def passed?(part)
        return @passed.fetch(part) unless Compound === part

        part.all_needed? ? passed?(part.first) && passed?(part.second) : passed?(part.first) || passed?(part.second)
      end

      def all_needed?
        @word == "and"
      end

      def message(part)
        return part.failure_message unless Compound === part

        failed = [part.first, part.second].reject { |each| passed?(each) }
        failed.map { |each| message(each) }.then do |messages|
          messages.one? ? messages.first : messages.map { |text| indented(text.strip) }.join("\n\n...#{part.all_needed? ? "and" : "or"}:\n\n")
        end
      end

      private

      def ours?(matcher)
        Compound.ours?(matcher)
      end

      def jumps?(matcher)
        matcher.respond_to?(:expects_call_stack_jump?) && matcher.expects_call_stack_jump?
      end

      def run(block)
        ours, others = leaves.partition { |leaf| ours?(leaf) }
        work = work(block, others)
        # The first run can be had once, so what asks for it comes first.
        ours.sort_by.with_index { |leaf, index| [Compound.base(leaf).cold? ? 0 : 1, index] }
            .each { |leaf| @passed[leaf] = leaf.matches?(work) }
        work.run_for_others
        missing = others.reject { |leaf| @passed.key?(leaf) }
        raise ArgumentError, "#{missing.first.description} was left by a jump before it could tell" if missing.any?
      end

      # What waits for a throw must be where the throw would end, before our counts are lost; an exception is seen by
      # ours first, and goes on to who waits for it.
      def work(block, others)
        return Expectations::Work.new(block) if others.empty?

        catching, around = others.partition { |leaf| ::RSpec::Matchers::BuiltIn::ThrowSymbol === Compound.base(leaf) }
        # Innermost: whoever waits for an exception.
        around = around.sort_by.with_index { |leaf, index| [jumps?(leaf) ? 1 : 0, index] }
        Expectations::Work.new(block, around: nested(around), inside: catching.any? ? nested(catching) : nil,
                                      leaves: others.any? { |leaf| jumps?(leaf) })
      end

      def nested(matchers)
        lambda do |run|
          matchers.reverse.inject(run) do |inner, leaf|
            # Some give the block arguments, as yield_control does.
            proc { |*arguments| @passed[leaf] = leaf.matches?(proc { |*more| inner.call(*arguments, *more) }) }
          end.call
        end
      end

      def indented(text)
        text.gsub(/^(?=.*\S)/, "   ")
      end
    end
  end
end
