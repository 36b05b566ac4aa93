# frozen_string_literal: true

require "rspec/expectations"
require "ruby-prof/expectations"

module RubyProf
  # Matchers for RSpec on the number of calls a block makes: exact, and the same on every machine.
  #
  #   require "ruby-prof/rspec"
  #
  #   expect { page.render }.to make_calls("Template#compile").exactly(1).time
  #   expect { |n| scores(n).serialize }.to make_constant_calls("Enumerable#max_by").for([10, 100, 1000])
  #   expect { |n| serialize(n) }.to grow_at_most(:linear).for([50, 100, 200, 400])
  #
  # The block is run twice: once to warm up (what is loaded or remembered the first time), once to be counted. If the
  # number is not as expected it is run once more, to say who made the calls. `.cold` leaves the first and the last out.
  #
  # A pattern names methods: `"Foo#bar"`, `"Foo.bar"`, `"Foo"`, with `*` within a name and `**` across `::`; a Method or
  # UnboundMethod, a Module, or a Regexp on full names. One that matches no method is an error, also when negated.
  #
  # All are block matchers: they can be negated, joined with `and` and `or`, also with others such as `change`, and renamed
  # with `alias_matcher` and `define_negated_matcher`. Joined with others, those see one run: the one that is counted.
  #
  # Whatever is wrong with an expectation itself raises ArgumentError, when it is written or when it is checked.
  module Matchers
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

    # That no method, whichever, is called more often than a class of growth allows: `grow_at_most(:linear).for([10, 100])`.
    # Each that is gets named, with the caller that makes it so.
    #
    # @param growth [Symbol] :constant, :logarithmic, :linear, :n_log_n, :quadratic, :cubic or :exponential
    # @return [GrowAtMost]
    # @raise [ArgumentError] for another
    def grow_at_most(growth)
      GrowAtMost.new(growth)
    end

    # @param count [Integer] of objects: `allocate_at_most(200).objects`
    # @return [Allocate]
    # @raise [ArgumentError] unless it is an Integer of 0 or more
    def allocate_at_most(count)
      Allocate.new(Expectations::Bound.at_most(count))
    end

    # @param count [Integer] of objects
    # @return [Allocate]
    # @raise [ArgumentError] unless it is an Integer of 0 or more
    def allocate_at_least(count)
      Allocate.new(Expectations::Bound.at_least(count))
    end

    # @param count [Integer] of objects
    # @return [Allocate]
    # @raise [ArgumentError] unless it is an Integer of 0 or more
    def allocate_exactly(count)
      Allocate.new(Expectations::Bound.exactly(count))
    end

    # @param range [Range<Integer>] of numbers of objects
    # @return [Allocate]
    # @raise [ArgumentError] unless its ends are Integers of 0 or more
    def allocate_within(range)
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

require "ruby-prof/rspec/matchers/matcher"
require "ruby-prof/rspec/matchers/compound"
require "ruby-prof/rspec/matchers/composition"
require "ruby-prof/rspec/matchers/make_calls"
require "ruby-prof/rspec/matchers/make_constant_calls"
require "ruby-prof/rspec/matchers/grow_at_most"
require "ruby-prof/rspec/matchers/allocate"
require "ruby-prof/rspec/matchers/make_stable_calls"
require "ruby-prof/rspec/matchers/match_call_profile"

module RubyProf
  HIDDEN.push(Matchers, *Matchers.constants.map { |name| Matchers.const_get(name) }.grep(::Module))
end

if RSpec.respond_to?(:configure)
  # A failure is where the expectation is written.
  RSpec.configure { |config| config.backtrace_exclusion_patterns << %r{/lib/ruby-prof/(?:expectations|rspec|counting)[/.]} }
end

module RSpec
  # Examples can call what this module has.
  module Matchers
    include ::RubyProf::Matchers
  end
end
