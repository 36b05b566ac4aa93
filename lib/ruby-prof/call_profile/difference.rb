# frozen_string_literal: true

require "ruby-prof/call_profile/change"

module RubyProf
  class CallProfile
    # What two call profiles do not have in common.
    class Difference
      # @return [RubyProf::CallProfile]
      attr_reader :before, :after

      # @return [Array<RubyProf::CallProfile::Change>] methods, biggest first
      attr_reader :changes

      # @param before [RubyProf::CallProfile]
      # @param after [RubyProf::CallProfile]
      # @param within [String, Integer, Hash, nil] see CallProfile#difference
      # @raise [ArgumentError] for another `within`
      def initialize(before, after, within: nil)
        @before = before
        @after = after
        tolerance = Tolerance.new(within)
        @changes = biggest_first((before.names | after.names).filter_map { |name| change(name, tolerance) })
      end

      # @return [Boolean] whether there is no difference
      def empty?
        changes.empty?
      end

      # @param kinds [Array<Symbol>] see Change#kind
      # @return [Array<RubyProf::CallProfile::Change>] these of the changes
      def of_kind(*kinds)
        changes.select { |change| kinds.include?(change.kind) }
      end

      # @return [Boolean] whether only one of both has seen methods written in C, which are callers: then
      #   callers cannot be compared
      def c_calls_differ?
        before.c_calls? != after.c_calls?
      end

      # @param color [Boolean] with colours for a terminal
      # @param limit [Integer] how many methods are shown
      # @return [String] a table, for a person
      def to_s(color: false, limit: Table::METHODS)
        Table.new(changes, color: color, limit: limit).to_s
      end

      private

      def change(name, tolerance)
        callers = changed_callers(before.callers(name), after.callers(name))
        return if callers.empty?

        change = Change.new(name, before.called(name), after.called(name), callers)
        change unless [change, *callers].all? { |each| tolerance.hold?(name, each.before, each.after) }
      end

      def changed_callers(before, after)
        changes = (before.keys | after.keys).map { |name| Change.new(name, before.fetch(name, 0), after.fetch(name, 0)) }
        biggest_first(changes.reject { |change| change.growth.zero? })
      end

      def biggest_first(changes)
        changes.sort_by { |change| [-change.growth.abs, change.name] }
      end
    end
  end
end

require "ruby-prof/call_profile/table"
