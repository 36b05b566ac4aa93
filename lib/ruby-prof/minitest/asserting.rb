# frozen_string_literal: true

module RubyProf
  module Expectations
    # What the assertions share, out of reach of the tests that include them.
    module Asserting
      module_function

      # @return [Array] of one pattern or several
      def list(patterns)
        ::Array === patterns ? patterns : [patterns]
      end

      # @return [Bound] of numbers of objects
      # @raise [ArgumentError]
      def objects(limit, count)
        raise ArgumentError, "give a number of objects, as in 200" if count.nil?

        Bound.public_send(limit, count)
      end

      # @return [Options] that give advice in keywords
      def options(**settings)
        Options.new(**settings, given_words: Words::MINITEST)
      end

      # @param limits [Hash] those that were given
      # @return [Bound]
      # @raise [ArgumentError] for two
      def bound(limits)
        return Bound::AT_LEAST_ONCE if limits.empty?
        return Bound.public_send(*limits.first) if limits.one?

        raise ArgumentError, "#{limits.keys.join(" and ")} are two limits: give one, or a Range, as in within: 2..5"
      end

      # Asserts what the expectation says, that the given block makes.
      #
      # @param assertion [Symbol]
      # @return [true]
      # @raise [ArgumentError] without a block to check, or with keywords that it has not
      def check(test, assertion, unknown, block)
        verdict = Fault.shown do
          Keywords.check(unknown, assertion, ::RubyProf::Assertions.instance_method(assertion))
          raise ArgumentError, "#{assertion}: give the code as a block: { ... }" unless block

          expectation = yield
          expectation.example = "#{Text.shown(test.class.name)}##{test.name}" if test.respond_to?(:name)
          expectation.check(block)
        end
        test.assert(verdict.passed?, -> { verdict.message })
        true
      end
    end

    HIDDEN.push(Asserting)
  end
end
