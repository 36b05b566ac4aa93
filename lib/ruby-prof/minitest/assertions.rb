# frozen_string_literal: true

require "minitest"
require "ruby-prof/expectations"
require "ruby-prof/minitest/asserting"

module RubyProf
  # Assertions for Minitest on the number of calls a block makes: exact, and the same on every machine.
  #
  #   require "ruby-prof/minitest"
  #
  #   assert_calls("Template#compile", exactly: 1) { page.render }
  #   assert_constant_calls("Enumerable#max_by", [10, 100, 1000]) { |n| scores(n).serialize }
  #   assert_grows_at_most(:linear, [50, 100, 200, 400]) { |n| serialize(n) }
  #
  # What patterns are, and how often the block is run, is told with {Matchers}. All these can be called in tests and specs,
  # and return true.
  #
  # All raise Minitest::Assertion if it is not so, and ArgumentError for what is wrong with the assertion itself: unknown
  # options, no block, a pattern that matches no method.
  module Assertions
    # How often methods are called, all together; at least once without a limit.
    #
    # @param patterns [Array<String, Method, UnboundMethod, Regexp, Module>]
    # @param exactly [Integer, nil]
    # @param at_most [Integer, nil]
    # @param at_least [Integer, nil]
    # @param within [Range<Integer>, nil]
    # @param from [Array, Object] patterns of callers: only calls that these methods make themselves
    # @param cold [Boolean] no run to warm up: the block is run once, and all it does the first time counts
    # @param stable [Boolean] count three runs, which must be equal
    # @param all_threads [Boolean] count what all threads call
    # @param unknown [Hash] refused
    # @return [true]
    # @raise [Minitest::Assertion]
    # @raise [ArgumentError] for two limits, and as above
    def assert_calls(*patterns, exactly: nil, at_most: nil, at_least: nil, within: nil, from: [], cold: false, stable: false, all_threads: false, **unknown, &block)
      Expectations::Asserting.check(self, :assert_calls, unknown, block) do
        limits = { exactly: exactly, at_most: at_most, at_least: at_least, within: within }.compact
        bound = Expectations::Asserting.bound(limits)
        options = Expectations::Asserting.options(cold: cold, stable: stable, all_threads: all_threads)
        Expectations::Calls.new(patterns, bound: bound, from: Expectations::Asserting.list(from), options: options)
      end
    end

    # That methods are not called.
    #
    # @param patterns [Array] as for {#assert_calls}
    # @param from [Array, Object] likewise
    # @param cold [Boolean] likewise
    # @param stable [Boolean] likewise
    # @param all_threads [Boolean] likewise
    # @param unknown [Hash] refused
    # @return [true]
    # @raise [Minitest::Assertion]
    # @raise [ArgumentError]
    def refute_calls(*patterns, from: [], cold: false, stable: false, all_threads: false, **unknown, &block)
      Expectations::Asserting.check(self, :refute_calls, unknown, block) do
        options = Expectations::Asserting.options(cold: cold, stable: stable, all_threads: all_threads)
        Expectations::Calls.new(patterns, bound: Expectations::Bound.exactly(0), from: Expectations::Asserting.list(from), options: options)
      end
    end

    # That methods are called equally often for each size.
    #
    # @param pattern [Object, Array] one pattern or several
    # @param sizes [Array<Integer>] increasing: the block is run with each, and takes it as an argument
    # @param from [Array, Object] as for {#assert_calls}
    # @param cold [Boolean] likewise
    # @param all_threads [Boolean] likewise
    # @param unknown [Hash] refused
    # @return [true]
    # @raise [Minitest::Assertion]
    # @raise [ArgumentError] for other sizes, a block without an argument, and as above
    def assert_constant_calls(pattern, sizes = nil, from: [], cold: false, all_threads: false, **unknown, &block)
      Expectations::Asserting.check(self, :assert_constant_calls, unknown, block) do
        options = Expectations::Asserting.options(cold: cold, all_threads: all_threads)
        patterns, from = [pattern, from].map { |each| Expectations::Asserting.list(each) }
        Expectations::GrowingCalls.new(patterns, sizes, from: from, options: options)
      end
    end

    # How the number of calls may depend on the size.
    #
    # @param pattern [Object, Array] one pattern or several
    # @param growth [Symbol] :constant, :logarithmic, :linear, :n_log_n, :quadratic or :cubic
    # @param sizes [Array<Integer>] as for {#assert_constant_calls}
    # @param from [Array, Object] as for {#assert_calls}
    # @param cold [Boolean] likewise
    # @param all_threads [Boolean] likewise
    # @param unknown [Hash] refused
    # @return [true]
    # @raise [Minitest::Assertion]
    # @raise [ArgumentError] for another growth, sizes at which it could not be exceeded, and as for {#assert_constant_calls}
    def assert_calls_grow_at_most(pattern, growth = nil, sizes = nil, from: [], cold: false, all_threads: false, **unknown, &block)
      Expectations::Asserting.check(self, :assert_calls_grow_at_most, unknown, block) do
        options = Expectations::Asserting.options(cold: cold, all_threads: all_threads)
        bound = Expectations::GrowthWords.checked(growth)
        patterns, from = [pattern, from].map { |each| Expectations::Asserting.list(each) }
        Expectations::GrowingCalls.new(patterns, sizes, bound: bound, from: from, options: options)
      end
    end

    # That no method, whichever, is called more often than a class of growth allows. Each that is gets named.
    #
    # @param growth [Symbol] as for {#assert_calls_grow_at_most}
    # @param sizes [Array<Integer>] as for {#assert_constant_calls}
    # @param cold [Boolean] as for {#assert_calls}
    # @param all_threads [Boolean] likewise
    # @param unknown [Hash] refused
    # @return [true]
    # @raise [Minitest::Assertion]
    # @raise [ArgumentError] as for {#assert_calls_grow_at_most}
    def assert_grows_at_most(growth = nil, sizes = nil, cold: false, all_threads: false, **unknown, &block)
      Expectations::Asserting.check(self, :assert_grows_at_most, unknown, block) do
        options = Expectations::Asserting.options(cold: cold, all_threads: all_threads)
        Expectations::GrowthOfAll.new(growth, sizes, options: options)
      end
    end

    # @param count [Integer] of objects that the block makes
    # @param cold [Boolean] as for {#assert_calls}
    # @param stable [Boolean] likewise
    # @param all_threads [Boolean] likewise
    # @param unknown [Hash] refused
    # @return [true]
    # @raise [Minitest::Assertion]
    # @raise [ArgumentError] unless it is an Integer of 0 or more, and as above
    def assert_allocates_at_most(count = nil, cold: false, stable: false, all_threads: false, **unknown, &block)
      Expectations::Asserting.check(self, :assert_allocates_at_most, unknown, block) do
        options = Expectations::Asserting.options(cold: cold, stable: stable, all_threads: all_threads)
        Expectations::Allocations.new(Expectations::Asserting.objects(:at_most, count), options: options)
      end
    end

    # @param count [Integer] of objects that the block makes
    # @param cold [Boolean] as for {#assert_calls}
    # @param stable [Boolean] likewise
    # @param all_threads [Boolean] likewise
    # @param unknown [Hash] refused
    # @return [true]
    # @raise [Minitest::Assertion]
    # @raise [ArgumentError] unless it is an Integer of 0 or more, and as above
    def assert_allocates_exactly(count = nil, cold: false, stable: false, all_threads: false, **unknown, &block)
      Expectations::Asserting.check(self, :assert_allocates_exactly, unknown, block) do
        options = Expectations::Asserting.options(cold: cold, stable: stable, all_threads: all_threads)
        Expectations::Allocations.new(Expectations::Asserting.objects(:exactly, count), options: options)
      end
    end

    # That a block makes the calls that a file says: see {Matchers::DSL#match_call_profile}.
    #
    # @param name [String] of the file, without ".json"
    # @param directory [String] of the files
    # @param including [Array] patterns of methods elsewhere that are taken as well
    # @param ignore [Array] patterns of methods that are left out
    # @param within [String, Integer, Hash, nil] what is no difference
    # @param cold [Boolean] as for {#assert_calls}
    # @param all_threads [Boolean] likewise
    # @param unknown [Hash] refused
    # @return [true]
    # @raise [Minitest::Assertion]
    # @raise [ArgumentError, TypeError] for what cannot be used
    def assert_call_profile(name, directory: "test/call_profiles", including: [], ignore: [], within: nil, cold: false, all_threads: false, **unknown, &block)
      Expectations::Asserting.check(self, :assert_call_profile, unknown, block) do
        options = Expectations::Asserting.options(cold: cold, all_threads: all_threads)
        Expectations::MatchingProfile.new(name, directory: directory, color: $stdout.tty?, options: options, including: including, ignore: ignore, within: within)
      end
    end

    # That three runs call each method equally often.
    #
    # @param patterns [Array] as for {#assert_calls}; none: the methods of your own code
    # @param all_threads [Boolean] likewise
    # @param unknown [Hash] refused
    # @return [true]
    # @raise [Minitest::Assertion] naming each method that is not called so
    # @raise [ArgumentError]
    def assert_stable_calls(*patterns, all_threads: false, **unknown, &block)
      Expectations::Asserting.check(self, :assert_stable_calls, unknown, block) do
        Expectations::StableCalls.new(patterns, options: Expectations::Asserting.options(all_threads: all_threads))
      end
    end
  end

  HIDDEN.push(Assertions)
end

# The test framework, extended.
module Minitest
  # Tests can call what this module has.
  module Assertions
    include ::RubyProf::Assertions
  end
end
