# frozen_string_literal: true

module RubyProf
  module CLI
    # How much `ruby-prof check` lets pass: for each limit a tolerance, a number, or nil for anything.
    Limits = Struct.new(:count_growth, :new_methods, :new_edges) do
      # One limit, what was found that it is about, and whether that is too much.
      const_set(:Result, Struct.new(:limit, :allowed, :found, :exceeded))

      # @param difference [CallProfile::Difference]
      # @return [Array<Result>] one for each limit
      def judge(difference)
        fresh = difference.of_kind(:added)
        # An edge to a method that is new is no news.
        edges = difference.changes.reject { |change| change.kind == :added }.select { |change| new_callers(change).any? }
        [growth(difference), number("max-new-methods", new_methods, fresh, fresh.size),
         number("max-new-edges", new_edges, edges, edges.sum { |change| new_callers(change).size })]
      end

      # @return [Array<CallProfile::Change>]
      def new_callers(change)
        change.callers.select { |caller| caller.before.zero? }
      end

      private

      def growth(difference)
        found = difference.of_kind(:grown)
        found = found.reject { |change| count_growth.hold?(change.before, change.after) } if count_growth
        result("max-count-growth", count_growth, found, !count_growth.nil? && found.any?)
      end

      def number(name, most, found, size)
        result(name, most, found, !most.nil? && size > most)
      end

      def result(name, allowed, found, exceeded)
        self.class::Result.new(name, allowed.nil? ? "any" : allowed.to_s, found, exceeded)
      end
    end
  end
end
