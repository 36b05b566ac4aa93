# frozen_string_literal: true

require "sample_project"

RSpec.describe "Assertions for Minitest", stress: false do
  program = <<~RUBY
    class Template
      def compile = 1
      def page
        compile
        3.times { render }
      end
      def render = compile
      def rows(n) = n.times { render }
      def crossed(n) = n.times { n.times { render } }
      def self.dice = @n = @n.to_i + 1
      def unsteady = Template.dice.times { render }
    end
  RUBY
  test = <<~RUBY
    require "minitest/autorun"
    require "ruby-prof/minitest"
    require "program"
    class TemplateTest < Minitest::Test
      def setup = @template = Template.new

      def test_passes_exactly = assert_calls("Template#compile", exactly: 4) { @template.page }
      def test_fails_exactly = assert_calls("Template#compile", exactly: 3) { @template.page }
      def test_passes_at_most = assert_calls("Template#compile", at_most: 4) { @template.page }
      def test_fails_at_most = assert_calls("Template#compile", at_most: 3) { @template.page }
      def test_passes_at_least = assert_calls("Template#compile", at_least: 4) { @template.page }
      def test_fails_at_least = assert_calls("Template#compile", at_least: 5) { @template.page }
      def test_passes_within = assert_calls("Template#compile", within: 2..5) { @template.page }
      def test_fails_within = assert_calls("Template#compile", within: 5..) { @template.page }
      def test_fails_own_loop = assert_calls("Template#compile", exactly: 1) { 5.times { @template.compile } }
      def test_fails_loop = assert_calls("Template#render", exactly: 1) { @template.rows(5) }
      def test_passes_default = assert_calls("Template#compile") { @template.page }
      def test_fails_default = assert_calls("Template#page") { @template.compile }
      def test_passes_several = assert_calls("Template#compile", Template.instance_method(:render), exactly: 7) { @template.page }
      def test_passes_from = assert_calls("Template#compile", from: "Template#render", exactly: 3) { @template.page }
      def test_passes_from_list = assert_calls("Template#compile", from: ["Template#render", "Template#page"], exactly: 4) { @template.page }
      def test_fails_from = assert_calls("Template#compile", from: "Template#page", exactly: 3) { @template.page }
      def test_passes_cold = assert_calls("Template#compile", exactly: 1, cold: true) { @done ||= @template.compile }
      def test_fails_warm = assert_calls("Template#compile", exactly: 1) { @done ||= @template.compile }
      def test_passes_threads = assert_calls("Template#compile", exactly: 4, all_threads: true) { Thread.new { @template.page }.join }
      def test_fails_threads = assert_calls("Template#compile", exactly: 4) { Thread.new { @template.page }.join }
      def test_passes_stable = assert_calls("Template#compile", exactly: 4, stable: true) { @template.page }
      def test_fails_stable = assert_calls("Template#compile", at_least: 1, stable: true) { @template.unsteady }
      def test_passes_refute = refute_calls("Template#render") { @template.compile }
      def test_fails_refute = refute_calls("Template#render") { @template.page }
      def test_passes_constant = assert_constant_calls("Template#page", [1, 10, 100]) { |n| @template.page; @template.rows(n) }
      def test_fails_constant = assert_constant_calls(["Template#page", "Template#render"], [1, 10, 100]) { |n| @template.page; @template.rows(n) }
      def test_passes_grow = assert_calls_grow_at_most("Template#render", :linear, [10, 20, 40, 80]) { |n| @template.rows(n) }
      def test_fails_grow = assert_calls_grow_at_most("Template#render", :linear, [10, 20, 40, 80]) { |n| @template.crossed(n) }
      def test_passes_grows = assert_grows_at_most(:linear, [10, 20, 40, 80]) { |n| @template.rows(n) }
      def test_fails_grows = assert_grows_at_most(:linear, [10, 20, 40, 80]) { |n| @template.crossed(n) }
      def test_passes_objects = assert_allocates_at_most(2) { [Object.new] }
      def test_fails_objects = assert_allocates_at_most(1) { [Object.new] }
      def test_passes_objects_exactly = assert_allocates_exactly(2) { [Object.new] }
      def test_fails_objects_exactly = assert_allocates_exactly(3) { [Object.new] }
      def test_passes_stable_calls = assert_stable_calls { @template.page }
      def test_fails_stable_calls = assert_stable_calls { @template.unsteady }
      def test_passes_stable_calls_of = assert_stable_calls("Template#unsteady") { @template.unsteady }
      def test_passes_true = assert_equal(true, assert_calls("Template#compile") { @template.page })
      def test_passes_assertions
        before = assertions
        assert_calls("Template#compile") { @template.page }
        assert_equal before + 1, assertions
      end

      def test_refused_option = assert_calls("Template#compile", exactyl: 3) { @template.page }
      def test_refused_options = assert_call_profile("a", ignoring: 3, exactly: 5) { @template.page }
      def test_refused_no_sizes = assert_constant_calls("Template#compile") { |n| @template.page }
      def test_refused_no_growth = assert_grows_at_most { |n| @template.page }
      def test_refused_no_growth_of_one = assert_calls_grow_at_most("Template#compile") { |n| @template.page }
      def test_refused_no_number = assert_allocates_at_most { @template.page }
      def test_refused_two = assert_calls("Template#compile", exactly: 3, at_most: 4) { @template.page }
      def test_refused_block = assert_calls("Template#compile", exactly: 3)
      def test_refused_method = assert_calls("Template#compiled", at_most: 3) { @template.page }
      def test_refused_method_refuted = refute_calls("Template#compiled") { @template.page }
      def test_refused_number = assert_calls("Template#compile", exactly: "three") { @template.page }
      def test_refused_sizes = assert_constant_calls("Template#compile", [2, 1]) { |n| @template.rows(n) }
      def test_refused_growth = assert_grows_at_most(:fast, [1, 2]) { |n| @template.rows(n) }
      def test_refused_size_for_none = assert_calls("Template#compile") { |n| @template.page }
      def test_refused_library = assert_stable_calls { [1].sort }
      def test_refused_two_sizes = assert_grows_at_most(:linear, [10, 20]) { |n| @template.crossed(n) }
      def test_refused_near_sizes = assert_calls_grow_at_most("Template#render", :linear, [1, 2, 3, 4]) { |n| @template.crossed(n) }
      def test_refused_argument = assert_constant_calls("Template#compile", [1, 2]) { @template.page }
      def test_raises_io_error = assert_calls("Template#compile") { raise IOError, "gone" }
      def test_raises_skip = assert_calls("Template#compile") { skip "not today" }
    end

    describe Template do
      it "test_passes_in_a_spec" do
        assert_calls("Template#compile", exactly: 1) { Template.new.render }
      end
    end
  RUBY

  before(:context) do
    SampleProject.open({ "program.rb" => program, "test/template_test.rb" => test }) { |project| @run = project.minitest("test/template_test.rb") }
  end

  it "pass and fail where they must" do
    expect(@run.stdout).to match(/^60 runs, 42 assertions, 18 failures, 19 errors, 1 skips/)
    passing = @run.outcomes.keys.grep(/\Atest_passes/)
    expect(passing.size).to be > 20
    expect(passing.to_h { |name| [name, @run[name]] }.reject { |_, outcome| outcome == :passed }).to eq({})
    failing = @run.outcomes.keys.grep(/\Atest_fails/)
    expect(failing.size).to be > 14
    expect(failing.select { |name| @run[name] == :passed || @run[name].match?(/Error:/) }).to eq []
  end

  it "refuse what makes no sense" do
    says = { "option" => "unknown keyword: :exactyl; assert_calls takes exactly:, at_most:, at_least:, within:, from:, cold:, stable:, all_threads:",
             "options" => "unknown keywords: :ignoring, :exactly; assert_call_profile takes directory:, including:, ignore:, within:, cold:, all_threads:",
             "size_for_none" => "name the sizes, as in assert_constant_calls(..., [10, 100]), or", "library" => "as in assert_stable_calls(\"Foo#bar\")",
             "no_sizes" => "give the sizes as increasing", "no_growth" => "give one of :constant", "no_growth_of_one" => "give one of :constant", "no_number" => "give a number of objects, as in 200",
             "two" => "exactly and at_most are two limits: give one, or a Range, as in within: 2..5",
             "block" => "give the code as a block", "method" => "Template#compiled", "method_refuted" => "Template#compiled", "number" => 'exactly("three")',
             "sizes" => "give the sizes as increasing positive Integers", "growth" => ":fast is no class of growth", "two_sizes" => "so this could not fail: give sizes such as [50, 100, 200, 400]", "near_sizes" => "so this could not fail",
             "argument" => "write { |n| ... }" }
    says.each { |name, text| expect(@run["test_refused_#{name}"]).to match(%r{\AArgumentError: .*#{Regexp.escape(text)}[^\n]*\n +test/template_test\.rb:\d+:in [^\n]*test_refused_#{name}'$(?!\n +\S)}) }
    expect(@run["test_raises_io_error"]).to start_with "IOError: gone"
  end

  it "say who called, at the test's own line" do
    line = test.lines.index { |each| each.include?("test_fails_exactly ") } + 1
    expect(@run.stdout).to include("TemplateTest#test_fails_exactly [test/template_test.rb:#{line}]:\nexpected exactly 3 calls to Template#compile, got 4\n" \
                                   "  3  from Template#render  program.rb:7\n  1  from Template#page    program.rb:4\n")
    expect(@run["test_fails_threads"]).to include "got none\n4 more on other threads: add all_threads: true\n"
    expect(@run["test_fails_own_loop"]).to include("got 5\n  5  from TemplateTest#test_fails_own_loop").and(satisfy { |text| !text.include?("N+1") })
    expect(@run["test_fails_loop"]).to include "looks like N+1: 1 call of Template#rows makes 5 of these calls\n  in a loop at program.rb:8\n"
    expect(@run["test_fails_constant"]).to include "  sizes  1  10  100\n  calls  5  14  104\n"
    expect(@run["test_fails_stable_calls"]).to include "not deterministic: 3 runs made different numbers of calls"
  end

  it "run without a warning" do
    expect(@run.stderr).not_to match(%r{lib/ruby-prof.*warning})
  end
end
