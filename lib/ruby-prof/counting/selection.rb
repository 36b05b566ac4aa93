# frozen_string_literal: true

require "ruby-prof/filter"

module RubyProf
  module Counting
    # Which methods to count, and which of the program's loaded methods these are.
    #
    #   selection = Selection.new("ActiveRecord::**#exec_query", User.instance_method(:save))
    #   selection.targets.map(&:name)  # => [:exec_query, :save]
    #
    # A target is what calls are told by: the owner and the name that the VM reports. Nothing is loaded to find it, and nothing of
    # the program is called.
    #
    # What it takes: for a method that is named ("Foo#bar") some 20 microseconds whatever else there is; for "Foo#find_*" as much
    # as Foo has methods. All else looks at every module there is, because a constant that leads to one may be private and is in no
    # list: among 5,000 classes of 20 methods and 700,000 objects "Foo", "Foo::*#find" and "**#find" take 30 to 60 ms,
    # and a Regexp, which is compared with 100,000 names, 200 ms.
    class Selection
      Reflection = Filter.const_get(:Reflection)
      FORMS = "give a String such as \"Foo#bar\", \"Foo.bar\", \"Foo::**#find_*\" or \"Foo\", a Method, a Regexp on full names, or a Module"

      # No loaded method is what a pattern says: a count of it would be 0 whatever the program does.
      class NoMethodMatches < ::ArgumentError; end

      # A method whose calls are counted: its owner and the called name, as events have them, and whether these are
      # events of Ruby or of C.
      Target = Struct.new(:owner, :name, :method, :language)

      # @param patterns [Array<String, Method, UnboundMethod, Regexp, Module>]
      # @raise [ArgumentError, TypeError]
      def initialize(*patterns)
        raise ArgumentError, "no pattern says which methods: #{FORMS}" if patterns.empty?

        @items = patterns.map { |pattern| Item.of(pattern) }
        @reported = {}
      end

      # @return [Array<Target>] looked up anew, distinct by owner and name, in the order of names
      # @raise [NoMethodMatches] if one of the patterns is of no loaded method
      def targets
        @targets = Hash.new { |hash, owner| hash[owner] = {} }.compare_by_identity
        @items.each { |item| add(item) }
        @targets.each_value.flat_map(&:values).sort_by { |target| [target.name, Reflection.name(target.owner)] }
      end

      # @return [Boolean] whether the program has come to have other methods than the last targets
      def changed?
        @items.any?(&:changed?)
      end

      # @param method [Filter::Method]
      # @return [Boolean] whether it is one of those that are counted
      def match?(method)
        @reported.key?([method.full_name, method.klass_flags]) || @items.any? { |item| item.pattern.match?(method) }
      end

      # @return [String] as it is named in messages
      def to_s
        @items.join(" or ")
      end

      private

      def add(item)
        found, silent = item.methods.partition { |each| each.silence.nil? }
        raise NoMethodMatches, Explanation.new(item, silent).to_s if found.empty?

        found.each do |each|
          each.owners.each { |owner| @targets[owner][each.name] ||= Target.new(owner, each.name, each.method, each.language) }
          # An alias may be reported by the name of another module than the one it was looked up in.
          each.facts.each { |fact| @reported[[fact.full_name, fact.klass_flags]] = true } unless each.named_as_written?
        end
      end
    end
  end
end

require "ruby-prof/counting/selection/item"
require "ruby-prof/counting/selection/found"
require "ruby-prof/counting/selection/constants"
require "ruby-prof/counting/selection/search"
require "ruby-prof/counting/selection/explanation"

module RubyProf
  private_constant :Counting

  # A profile of a whole run goes on while a matcher asks which methods it counts.
  module Counting
    class Selection
      parts = [Search, Item::Pattern].flat_map { |mod| [mod, *mod.constants(false).map { |name| mod.const_get(name) }.grep(::Module)] }
      HIDDEN.push(self, Target, Item, Found, Constants, Constants::Lookup, Explanation, *parts, Filter, Filter::Method, Reflection, Found::Reported, Item::Glob,
                  Filter.const_get(:Place))
    end
  end
end
