# frozen_string_literal: true

module RubyProf
  module Expectations
    # How a framework's tests write what messages advise.
    Words = ::Struct.new(:all_threads, :sizes, :stable, :stable_of)

    Words::RSPEC = Words.new("add .on_all_threads", "make_constant_calls(...).for([10, 100])", "make_stable_calls", "make_stable_calls(\"Foo#bar\")").freeze
    Words::MINITEST = Words.new("add all_threads: true", "assert_constant_calls(..., [10, 100])", "assert_stable_calls", "assert_stable_calls(\"Foo#bar\")").freeze
  end
end
