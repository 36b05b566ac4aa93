# frozen_string_literal: true

require "expected_outcomes"

# Each example of the project says in its name what must come of it.
RSpec.describe "make_calls", stress: false do
  include ExpectedOutcomes

  program = <<~RUBY
    class Template
      def compile = 1
      def render = compile
      def page
        compile
        3.times { render }
      end
      def self.load = new
      def quiet = nil
      attr_reader :title
      def titles = [title, title]
      def sorted = [Item.new(2), Item.new(1)].sort
    end
    class Item
      include Comparable
      attr_reader :number
      def initialize(number) = @number = number
      def <=>(other) = number <=> other.number
    end
    class Cached
      def self.value = @value ||= compute
      def self.compute = 5
    end
  RUBY
  spec = ExpectedOutcomes::WORDS + <<~RUBY
    RSpec::Matchers.define_negated_matcher :make_no_calls, :make_calls
    RSpec::Matchers.alias_matcher :have_called, :make_calls
    RSpec.describe Template do
      subject(:template) { Template.new }
      # 4 calls of compile in page, 3 of them from render.
      passes("exactly") { expect { template.page }.to make_calls("Template#compile").exactly(4).times }
      fails("exactly, too many") { expect { template.page }.to make_calls("Template#compile").exactly(3).times }
      fails("exactly, too few") { expect { template.page }.to make_calls("Template#compile").exactly(5).times }
      passes("once") { expect { template.render }.to make_calls("Template#compile").once }
      fails("once") { expect { template.page }.to make_calls("Template#compile").once }
      passes("exactly 1 time") { expect { template.render }.to make_calls("Template#compile").exactly(1).time }
      passes("twice") { expect { 2.times { template.render } }.to make_calls("Template#compile").twice }
      passes("thrice") { expect { 3.times { template.render } }.to make_calls("Template#compile").thrice }
      passes("at_most") { expect { template.page }.to make_calls("Template#compile").at_most(4).times }
      fails("at_most") { expect { template.page }.to make_calls("Template#compile").at_most(3).times }
      passes("at_least") { expect { template.page }.to make_calls("Template#compile").at_least(4).times }
      fails("at_least") { expect { template.page }.to make_calls("Template#compile").at_least(5).times }
      passes("within") { expect { template.page }.to make_calls("Template#compile").within(3..4) }
      fails("within") { expect { template.page }.to make_calls("Template#compile").within(3...4) }
      passes("within, no end") { expect { template.page }.to make_calls("Template#compile").within(4..) }
      passes("never") { expect { template.quiet }.to make_calls("Template#compile").never }
      fails("never") { expect { template.page }.to make_calls("Template#compile").never }
      passes("default") { expect { template.page }.to make_calls("Template#compile") }
      fails("default") { expect { template.quiet }.to make_calls("Template#compile") }

      passes("negated") { expect { template.quiet }.not_to make_calls("Template#compile") }
      fails("negated") { expect { template.page }.not_to make_calls("Template#compile") }
      passes("negated exactly") { expect { template.page }.not_to make_calls("Template#compile").exactly(3) }
      fails("negated exactly") { expect { template.page }.not_to make_calls("Template#compile").exactly(4) }
      passes("negated matcher") { expect { template.quiet }.to make_no_calls("Template#compile") }
      fails("negated matcher") { expect { template.page }.to make_no_calls("Template#compile") }
      passes("renamed matcher") { expect { template.page }.to have_called("Template#compile").exactly(4).times }
      fails("renamed matcher") { expect { template.page }.to have_called("Template#compile").exactly(3).times }

      passes("from") { expect { template.page }.to make_calls("Template#compile").from("Template#render").exactly(3).times }
      fails("from") { expect { template.page }.to make_calls("Template#compile").from("Template#page").exactly(3).times }
      passes("from never") { expect { template.render }.to make_calls("Template#compile").from("Template#page").never }
      passes("from several") { expect { template.page }.to make_calls("Template#compile").from("Template#page", "Template#render").exactly(4).times }
      passes("from a C function") { expect { template.sorted }.to make_calls("Item#<=>").from("Array#sort").once }

      passes("class method") { expect { Template.load }.to make_calls("Template.load").once }
      passes("several methods") { expect { template.page }.to make_calls("Template#compile", "Template#render").exactly(7).times }
      passes("UnboundMethod") { expect { template.page }.to make_calls(Template.instance_method(:render)).thrice }
      passes("Method") { expect { Template.load }.to make_calls(Template.method(:load)).once }
      passes("attr_reader") { expect { template.titles }.to make_calls("Template#title").twice }
      passes("written in C") { expect { [3, 1].sort }.to make_calls("Array#sort").once }
      passes("glob") { expect { template.page }.to make_calls("Template#*").exactly(8).times }

      passes("warmed up") { Cached.instance_variable_set(:@value, nil); expect { Cached.value }.to make_calls("Cached.compute").never }
      passes("cold") { Cached.instance_variable_set(:@value, nil); expect { Cached.value }.to make_calls("Cached.compute").cold.once }
      passes("loaded by the block") do
        load_it = -> { require "./later"; Later.new.call }
        expect(&load_it).to make_calls("Later#call").once
      end
      passes("loaded by a cold block") { expect { require "./later_still"; LaterStill.new.call }.to make_calls("LaterStill#call").cold.once }

      passes("redefined by the block") { expect { Template.class_eval("def fresh = 1", "fresh.rb"); template.fresh }.to make_calls("Template#fresh").once }
      passes("redefined by the block, joined") do
        expect { Template.class_eval("def newer = 1", "fresh.rb"); template.newer }.to make_calls("Template#newer").once.and change { template.class.method_defined?(:newer) }.from(true).to(true).or(make_calls("Template#newer"))
      end

      passes("another thread is not counted") { expect { Thread.new { template.page }.join }.not_to make_calls("Template#compile") }
      passes("all threads are") { expect { Thread.new { template.page }.join }.to make_calls("Template#compile").on_all_threads.exactly(4).times }
      passes("all fibers are") { expect { Fiber.new { template.page }.resume }.to make_calls("Template#compile").exactly(4).times }

      passes("stable") { expect { template.page }.to make_calls("Template#compile").stable.exactly(4).times }
      fails("stable") { n = 0; expect { (n += 1).times { template.render } }.to make_calls("Template#compile").stable.at_least(1).times }
      fails("stable, negated") { n = 0; expect { (n += 1).times { template.render } }.not_to make_calls("Template#compile").stable.exactly(9).times }

      refused("no such method") { expect { template.page }.to make_calls("Template#compiled").at_most(3).times }
      refused("no such method, negated") { expect { template.page }.not_to make_calls("Template#compiled") }
      refused("no such method, cold") { expect { template.page }.not_to make_calls("Template#compiled").cold }
      refused("no such caller") { expect { template.page }.to make_calls("Template#compile").from("Template#rendered").never }
      refused("no pattern") { expect { template.page }.to make_calls }
      refused("no pattern at all") { expect { template.page }.to make_calls(5) }
      refused("a fraction") { expect { template.page }.to make_calls("Template#compile").exactly(1.5) }
      refused("a negative number") { expect { template.page }.to make_calls("Template#compile").at_most(-1) }
      refused("an empty range") { expect { template.page }.to make_calls("Template#compile").within(3..2) }
      refused("letters") { expect { template.page }.to make_calls("Template#compile").within("a".."b") }
      refused("two limits") { expect { template.page }.to make_calls("Template#compile").exactly(4).at_most(5) }
      refused("from twice") { expect { template.page }.to make_calls("Template#compile").from("Template#page").from("Template#render") }
      refused("from nobody") { expect { template.page }.to make_calls("Template#compile").from }
      refused("cold and stable") { expect { template.page }.to make_calls("Template#compile").cold.stable }
      refused("an argument") { expect { |n| template.page }.to make_calls("Template#compile") }
      refused("sizes without growth") { expect { |n| template.page }.to make_calls("Template#compile").for([1, 2]) }
      refused("growth without sizes") { expect { |n| template.page }.to make_calls("Template#compile").growing_at_most(:linear) }
      refused("growth and a limit") { expect { |n| template.page }.to make_calls("Template#compile").once.growing_at_most(:linear).for([1, 2]) }
      refused("an unknown growth") { expect { |n| template.page }.to make_calls("Template#compile").growing_at_most(:fast).for([1, 2]) }

      fails("a value") { expect(5).to make_calls("Template#compile") }
      fails("a value, negated") { expect(5).not_to make_calls("Template#compile") }
      it("raises") { expect { template.page; raise IOError, "gone" }.to make_calls("Template#compile") }
      it { expect { template.page }.to make_calls("Template#compile").at_most(4).times }
      passes("aggregated") do
        expect do
          aggregate_failures do
            expect { template.page }.to make_calls("Template#compile").never
            expect { template.render }.to make_calls("Template#compile").once
            expect { template.page }.to make_calls("Template#render").never
          end
        end.to raise_error(RSpec::Expectations::MultipleExpectationsNotMetError, /Template#compile.*Template#render/m)
      end
    end
  RUBY

  before(:context) do
    files = { "program.rb" => program, "spec/template_spec.rb" => spec,
              "later.rb" => "class Later\n  def call = 1\nend\n", "later_still.rb" => "class LaterStill\n  def call = 1\nend\n" }
    SampleProject.open(files) { |project| @run = project.rspec }
  end

  it "runs without a warning" do
    expect(@run.outcomes.size).to be > 60
    expect(@run.stderr).not_to match(%r{lib/ruby-prof.*warning:|WARN})
  end

  it "passes, fails and refuses where it must" do
    expect(surprises(@run)).to eq({})
  end

  it "describes itself" do
    expect(@run["is expected to make calls to Template#compile at most 4 times"]).to eq :passed
  end

  it "says what is wrong with an expectation" do
    says = { "two limits" => "exactly(4) and at_most(5) are two limits: give one, or a Range, as in within(2..5)",
             "a fraction" => "exactly(1.5): give a number of calls or objects, an Integer of 0 or more",
             "an empty range" => "within(3..2): no number is in this Range",
             "cold and stable" => "cold and stable exclude each other",
             "from twice" => "write all in one, as in from(",
             "an argument" => "the block takes an argument",
             "sizes without growth" => "write growing_at_most(:linear), or make_constant_calls",
             "growth without sizes" => "write growing_at_most(:linear).for([10, 100, 1000])",
             "growth and a limit" => "once and growing_at_most(:linear) are two limits",
             "an unknown growth" => ":fast is no class of growth: give one of :constant",
             "no pattern" => "name a method", "no such method" => "ArgumentError: Template#compiled matches no method: Template has no such instance method" }
    says.each { |name, text| expect(@run["refused: #{name}"]).to include(text) }
    expect(@run["fails: a value"]).to include "expected a block, not a value: write expect { ... }"
    expect(@run["fails: stable"]).to include("are not deterministic").and include("Template#compile  2, 3, 4")
  end

  it "leaves an exception of the block as the failure" do
    expect(@run["raises"]).to eq "IOError: gone"
  end
end
