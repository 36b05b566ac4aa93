# frozen_string_literal: true

module RubyProf
  module Matchers
    # The words for examples. It is included in RSpec::Matchers, and has no constants that could come before others there.
    module DSL
      # How often methods are called, all together. At least once, unless {MakeCalls} is told otherwise.
      #
      # @param patterns [Array<String, Method, UnboundMethod, Regexp, Module>]
      # @return [MakeCalls]
      # @raise [ArgumentError] for no pattern, or one that is none
      def make_calls(*patterns)
        MakeCalls.new(patterns)
      end

      # That methods are called equally often whatever the size: `make_constant_calls("Foo#bar").for([10, 100])`.
      #
      # @param patterns [Array] as for {#make_calls}
      # @return [MakeConstantCalls]
      # @raise [ArgumentError] for no pattern, or one that is none
      def make_constant_calls(*patterns)
        MakeConstantCalls.new(patterns)
      end

      # That no method, whichever, is called more often than a class of growth allows: `grow_at_most(:linear).for([50, 100, 200])`.
      # Each that is gets named, with the caller that makes it so.
      #
      # @param growth [Symbol] :constant, :logarithmic, :linear, :n_log_n, :quadratic or :cubic
      # @return [GrowAtMost]
      # @raise [ArgumentError] for another
      def grow_at_most(growth)
        GrowAtMost.new(growth)
      end

      # @param count [Integer] of objects: `allocate_at_most(200).objects`
      # @return [Allocate]
      # @raise [ArgumentError] unless it is an Integer of 0 or more
      def allocate_at_most(count = nil)
        raise ArgumentError, "give a number of objects, as in allocate_at_most(200).objects" if count.nil?

        Allocate.new(Expectations::Bound.at_most(count))
      end

      # @param count [Integer] of objects
      # @return [Allocate]
      # @raise [ArgumentError] unless it is an Integer of 0 or more
      def allocate_at_least(count = nil)
        raise ArgumentError, "give a number of objects, as in allocate_at_least(200).objects" if count.nil?

        Allocate.new(Expectations::Bound.at_least(count))
      end

      # @param count [Integer] of objects
      # @return [Allocate]
      # @raise [ArgumentError] unless it is an Integer of 0 or more
      def allocate_exactly(count = nil)
        raise ArgumentError, "give a number of objects, as in allocate_exactly(200).objects" if count.nil?

        Allocate.new(Expectations::Bound.exactly(count))
      end

      # @param range [Range<Integer>] of numbers of objects
      # @return [Allocate]
      # @raise [ArgumentError] unless its ends are Integers of 0 or more
      def allocate_within(range = nil)
        raise ArgumentError, "give a Range of numbers of objects, as in allocate_within(100..200).objects" if range.nil?

        Allocate.new(Expectations::Bound.within(range))
      end

      # That a block makes the calls that a file says: each method of your own code is called by the same methods, as often. The
      # file is written when there is none (not in CI, where that fails), and anew with RUBY_PROF_UPDATE=1: docs/call-profile.md.
      #
      # @param name [String] of the file, without ".json"
      # @param settings [Hash]
      # @option settings [String] :directory of the files; default: "spec/call_profiles"
      # @option settings [Array] :including patterns of methods elsewhere that are taken as well
      # @option settings [Array] :ignore patterns of methods that are left out
      # @option settings [String, Integer, Hash, nil] :within what is no difference: a share such as "5%", a number of calls,
      #   or either by pattern
      # @return [MatchCallProfile]
      # @raise [ArgumentError, TypeError] for what cannot be used
      def match_call_profile(name, **settings)
        MatchCallProfile.new(name, settings)
      end

      # That three runs call each method equally often, before somebody relies on its number.
      #
      # @param patterns [Array] as for {#make_calls}; none: the methods of your own code
      # @return [MakeStableCalls]
      # @raise [ArgumentError] for a pattern that is none
      def make_stable_calls(*patterns)
        MakeStableCalls.new(patterns)
      end
    end
  end
end
