# frozen_string_literal: true

module RubyProf
  module Counting
    # The calls that the code of one method makes of another, in one line. `callee` and `caller` are
    # Filter::Methods; file and line say where the call is written, nil and 0 where a C function calls.
    Edge = Struct.new(:callee, :caller, :file, :line, :called)

    # What was counted while a block ran.
    class Counts
      # @return the block's value
      attr_reader :value
      # @return [Array<Edge>] in the order of first calls
      attr_reader :edges
      # @return [Integer, nil] new objects, if they were counted
      attr_reader :objects
      # @return [Boolean] whether the block defined methods that would have been counted, had they been there
      attr_writer :stale

      # @param rows [Array<Array>] as Counter#edges gives them
      def initialize(value, rows, objects)
        @value = value
        methods = {}.compare_by_identity
        method = ->(facts) { methods[facts] ||= Filter::Method.new(*facts) }
        @edges = rows.map { |callee, caller, file, line, called| Edge.new(method.(callee), method.(caller), file, line, called) }
        @objects = objects
        @stale = false
      end

      # @return [Integer] all calls
      def called
        @edges.sum(&:called)
      end

      def stale?
        @stale
      end
    end
  end
end
