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
  end
end

require "ruby-prof/rspec/matchers/dsl"
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

# The test framework, extended.
module RSpec
  # Examples can call what that module has.
  module Matchers
    include ::RubyProf::Matchers::DSL
  end
end
