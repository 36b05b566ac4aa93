# frozen_string_literal: true

module RubyProf
  module Expectations
    # The own code that calls were made for, where a library's or C's makes them.
    class OwnCallers
      # How far up it is looked for.
      FAR = 50

      # @param edges [Hash{Array => Array<Integer>}] numbers of calls by [caller, callee], one for each run
      # @param places [Hash{Array => Array(String, Integer)}] file and line likewise
      def initialize(edges, places)
        @edges = edges
        @places = places
        @into = edges.keys.group_by(&:last)
      end

      # @param table [RunTable]
      def self.of(table)
        new(table.rows { |edge| [edge.caller, edge.callee] }, table.places)
      end

      # @return [Array<Array>] the edges into a method
      def into(method)
        @into.fetch(method, [])
      end

      # The nearest own code above a method, by the most calls.
      #
      # @return [Array(Method, String, Integer), nil] method, file and line of its call
      def above(method, own)
        seen = {}
        FAR.times do
          seen[method] = true
          edge = into(method).reject { |caller, _| seen.key?(caller) }.max_by { |each| @edges[each].last }
          return nil unless edge

          file, line = @places[edge]
          return [edge.first, file, line] if own.file?(file)

          method = edge.first
        end
        nil
      end
    end
  end
end
