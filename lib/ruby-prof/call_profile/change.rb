# frozen_string_literal: true

module RubyProf
  class CallProfile
    # A method, or a caller of it, that is called more or less often than before.
    class Change
      # @return [String] the method's full name, or the caller's
      attr_reader :name

      # @return [Integer] numbers of calls
      attr_reader :before, :after

      # @return [Array<RubyProf::CallProfile::Change>] of a method: its callers that changed, biggest first
      attr_reader :callers

      # @private
      def initialize(name, before, after, callers = [])
        @name = name
        @before = before
        @after = after
        @callers = callers
      end

      # @return [Symbol] :added, :removed, :grown, :shrunk, or :moved, which has as many calls, by other callers
      def kind
        return :moved if before == after
        return :added if before.zero?
        return :removed if after.zero?

        after > before ? :grown : :shrunk
      end

      # @return [Integer] calls that came
      def growth
        after - before
      end

      # @return [Float, nil] of before, nil if that was 0
      def percent
        before.zero? ? nil : growth * 100.0 / before
      end
    end
  end
end
