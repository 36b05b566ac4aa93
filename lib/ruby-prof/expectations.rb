# frozen_string_literal: true

require "ruby-prof"
require "ruby-prof/counting"
require "ruby-prof/counting/selection"

module RubyProf
  # Expectations of what a block calls, for any test framework. Each has `check(block)` and `check_not(block)`, which give a
  # Verdict. The adapters are Matchers for RSpec and Assertions for Minitest.
  #
  # The block is run once to warm up and once to be counted; only if that is not as expected once more, to say why.
  module Expectations
    require "ruby-prof/expectations/verdict"
    require "ruby-prof/expectations/fault"
    require "ruby-prof/expectations/text"
    require "ruby-prof/expectations/keywords"
    require "ruby-prof/expectations/bound"
    require "ruby-prof/expectations/sizes"
    require "ruby-prof/expectations/words"
    require "ruby-prof/expectations/options"
    require "ruby-prof/expectations/work"
    require "ruby-prof/expectations/own_code"
    require "ruby-prof/expectations/callers"
    require "ruby-prof/expectations/fan_out"
    require "ruby-prof/expectations/failure"
    require "ruby-prof/expectations/run_table"
    require "ruby-prof/expectations/own_callers"
    require "ruby-prof/expectations/stability"
    require "ruby-prof/expectations/growth_words"
    require "ruby-prof/expectations/expectation"
    require "ruby-prof/expectations/selected_calls"
    require "ruby-prof/expectations/calls"
    require "ruby-prof/expectations/growing_calls"
    require "ruby-prof/expectations/grown_methods"
    require "ruby-prof/expectations/growth_of_all"
    require "ruby-prof/expectations/stable_calls"
    require "ruby-prof/expectations/allocations"
    require "ruby-prof/expectations/matching_profile"
  end
  private_constant :Expectations

  # A profile around a test shows what the test does, not how it is counted. (Some of these have a `name` of their own.)
  name = ->(mod) { ::Module.instance_method(:name).bind_call(mod) }
  ours = lambda do |mod|
    inner = mod.constants(false).reject { |each| mod.autoload?(each) }.map { |each| mod.const_get(each) }
    [mod, *inner.grep(::Module).select { |each| name.call(each)&.start_with?(name.call(mod)) }.flat_map(&ours)]
  end
  HIDDEN.push(*[Expectations, Counting, Growth, Filter, CallProfile].flat_map(&ours))
  HIDDEN.uniq!
end
