# frozen_string_literal: true

module RubyProf
  module Matchers
    # In front of RSpec's `and` and `or`, also those of other matchers (`change { }.and make_calls(...)`). RSpec would run
    # the block of one matcher within the other's, so that the other's own calls were counted and it ran as often as the
    # block: where one of ours takes part, {Compound} does it.
    module Composition
      def and(matcher)
        Compound.takes?(self, matcher) ? Compound.new("and", self, matcher) : super
      end

      def or(matcher)
        Compound.takes?(self, matcher) ? Compound.new("or", self, matcher) : super
      end

      def &(matcher)
        self.and(matcher)
      end

      def |(matcher)
        self.or(matcher)
      end
    end

    ::RSpec::Matchers::Composable.prepend(Composition)

    HIDDEN.push(Compound, Composition)
    private_constant :Compound, :Composition
  end
end
