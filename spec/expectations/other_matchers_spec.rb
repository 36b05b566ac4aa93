# frozen_string_literal: true

require "expected_outcomes"

# Matchers over sizes, of objects, and of stable counts.
RSpec.describe "Matchers over several runs", stress: false do
  include ExpectedOutcomes

  program = <<~RUBY
    class Report
      def initialize(rows) = @rows = rows
      def header = format_cell(0)
      def body = @rows.times { |row| format_cell(row) }
      def crossed = @rows.times { |a| @rows.times { |b| compare(a, b) } }
      def both
        header
        body
      end
      def compare(a, b) = a <=> b
      def format_cell(row) = row
      def self.many(count) = count.times { new(1) }
      def self.seen = @seen ||= {}
      def remembered = Report.seen[@rows] ||= header
      def unsteady = Report.dice.call.times { header }
      def steady = 3.times { header }
      class << self
        attr_accessor :dice
      end
    end
  RUBY
  spec = ExpectedOutcomes::WORDS + <<~RUBY
    RSpec::Matchers.define_negated_matcher :make_varying_calls, :make_constant_calls
    RSpec.describe Report do
      passes("constant") { expect { |n| Report.new(n).header }.to make_constant_calls("Report#format_cell").for([10, 100, 1000]) }
      fails("constant") { expect { |n| Report.new(n).body }.to make_constant_calls("Report#format_cell").for([10, 100, 1000]) }
      passes("not constant") { expect { |n| Report.new(n).body }.not_to make_constant_calls("Report#format_cell").for([10, 100]) }
      fails("not constant, never") { expect { |n| Report.new(n) }.not_to make_constant_calls("Report#format_cell").for([10, 100]) }
      fails("not constant, from elsewhere") { expect { |n| Report.new(n).header }.not_to make_constant_calls("Report#format_cell").from("Report#body").for([10, 100]) }
      fails("not constant") { expect { |n| Report.new(n).header }.not_to make_constant_calls("Report#format_cell").for([10, 100]) }
      passes("varying") { expect { |n| Report.new(n).body }.to make_varying_calls("Report#format_cell").for([10, 100]) }
      passes("constant from") { expect { |n| Report.new(n).both }.to make_constant_calls("Report#format_cell").from("Report#header").for([10, 100]) }
      fails("constant from") { expect { |n| Report.new(n).both }.to make_constant_calls("Report#format_cell").from("Report#body").for([10, 100]) }
      passes("constant, cold") { Report.seen.clear; expect { |n| Report.new(n).remembered }.to make_constant_calls("Report#header").cold.for([10, 100, 1000]) }
      fails("constant, warmed up by the smallest size") { Report.seen.clear; expect { |n| Report.new(n).remembered }.to make_constant_calls("Report#header").for([10, 100, 1000]) }
      passes("constant on all threads") { expect { |n| Thread.new { Report.new(n).header }.join }.to make_constant_calls("Report#header").on_all_threads.for([10, 100]) }
      fails("constant on all threads") { expect { |n| Thread.new { Report.new(n).body }.join }.to make_constant_calls("Report#format_cell").on_all_threads.for([10, 100]) }

      passes("growing") { expect { |n| Report.new(n).body }.to make_calls("Report#format_cell").growing_at_most(:linear).for([10, 20, 40, 80]) }
      fails("growing") { expect { |n| Report.new(n).crossed }.to make_calls("Report#compare").growing_at_most(:linear).for([10, 20, 40, 80]) }
      passes("growing more") { expect { |n| Report.new(n).crossed }.not_to make_calls("Report#compare").growing_at_most(:linear).for([10, 20, 40, 80]) }
      fails("growing more") { expect { |n| Report.new(n).body }.not_to make_calls("Report#format_cell").growing_at_most(:linear).for([10, 20, 40, 80]) }

      passes("everything") { expect { |n| Report.new(n).both }.to grow_at_most(:linear).for([10, 20, 40, 80]) }
      fails("everything") { expect { |n| Report.new(n).both; Report.new(n).crossed }.to grow_at_most(:linear).for([10, 20, 40, 80]) }
      passes("everything, negated") { expect { |n| Report.new(n).crossed }.not_to grow_at_most(:linear).for([10, 20, 40, 80]) }
      fails("everything, negated") { expect { |n| Report.new(n).both }.not_to grow_at_most(:linear).for([10, 20, 40, 80]) }
      passes("everything, cold") { expect { |n| Report.new(n).both }.to grow_at_most(:linear).cold.for([10, 20, 40, 80]) }
      fails("everything, on all threads") { expect { |n| Thread.new { Report.new(n).crossed }.join }.to grow_at_most(:linear).on_all_threads.for([10, 20, 40, 80]) }
      passes("everything, joined") { expect { |n| Report.new(n).both }.to grow_at_most(:linear).for([10, 20, 40, 80]).and make_constant_calls("Report#header").for([1, 2]) }
      passes("sizes, joined with another") { x = 0; expect { |n| x = n; Report.new(n).both }.to grow_at_most(:linear).for([10, 20, 40]).and change { x }.from(20).to(40) }

      passes("objects") { expect { Array.new(3) { Object.new } }.to allocate_exactly(4).objects }
      fails("objects") { expect { Array.new(3) { Object.new } }.to allocate_exactly(3).objects }
      passes("no object") { expect { 1 + 1 }.to allocate_exactly(0).objects }
      passes("one object") { expect { Object.new }.to allocate_exactly(1).object }
      passes("at most") { expect { Object.new }.to allocate_at_most(1).object }
      fails("at most") { expect { [Object.new] }.to allocate_at_most(1).object }
      passes("at least") { expect { Object.new }.to allocate_at_least(1).object }
      fails("at least") { expect { }.to allocate_at_least(1).object }
      passes("within") { expect { Object.new }.to allocate_within(1..2).objects }
      passes("not") { expect { Object.new }.not_to allocate_at_most(0).objects }
      fails("not") { expect { }.not_to allocate_at_most(0).objects }
      passes("warmed up") { expect { @made ||= Object.new }.to allocate_exactly(0).objects }
      passes("cold objects") { expect { @made ||= Object.new }.to allocate_exactly(1).objects.cold }
      passes("of this thread") { thread = Thread.new { Thread.stop; 100.times { Object.new } }; Thread.pass until thread.stop?; expect { thread.run; thread.join }.to allocate_at_most(50).objects.cold }
      passes("of all threads") { thread = Thread.new { Thread.stop; 100.times { Object.new } }; Thread.pass until thread.stop?; expect { thread.run; thread.join }.to allocate_at_least(100).objects.on_all_threads.cold }
      fails("unstable objects") { n = 0; expect { (n += 1).times { Object.new } }.to allocate_at_most(9).objects.stable }
      passes("stable objects") { expect { Object.new }.to allocate_at_most(9).objects.stable }

      passes("stable") { expect { Report.new(3).steady }.to make_stable_calls }
      fails("stable") { n = 0; Report.dice = -> { n += 1 }; expect { Report.new(3).unsteady }.to make_stable_calls }
      passes("stable, of one") { n = 0; Report.dice = -> { n += 1 }; expect { Report.new(3).unsteady }.to make_stable_calls("Report#unsteady") }
      fails("stable, of another") { n = 0; Report.dice = -> { n += 1 }; expect { Report.new(3).unsteady }.to make_stable_calls("Report#header") }
      fails("stable, through C") { n = 0; expect { Report.many(n += 1) }.to make_stable_calls }
      fails("stable, of one through C") { n = 0; expect { Report.many(n += 1) }.to make_stable_calls("Report#initialize") }
      fails("stable count through C") { n = 0; expect { Report.many(n += 1) }.to make_calls("Report#initialize").stable }
      fails("stable, through C, then broken") { n = 0; expect { (n += 1) > 4 ? raise(IOError) : Report.many(n) }.to make_stable_calls("Report#initialize") }
      passes("not stable") { n = 0; Report.dice = -> { n += 1 }; expect { Report.new(3).unsteady }.not_to make_stable_calls }
      fails("not stable") { expect { Report.new(3).steady }.not_to make_stable_calls }
      fails("stable on all threads") { n = 0; Report.dice = -> { n += 1 }; expect { Thread.new { Report.new(3).unsteady }.join }.to make_stable_calls.on_all_threads }

      passes("stable with a class of each run") { expect { Class.new { def call = 1 }.new.call }.to make_stable_calls }
      fails("calls that become fewer") { expect { |n| Report.new(1).header if n == 1 }.to grow_at_most(:constant).for([1, 2, 3]) }
      refused("stable without own code") { expect { [1].sort }.to make_stable_calls }
      refused("stable and cold") { expect { Report.new(3).steady }.to make_stable_calls.cold }
      refused("no sizes") { expect { |n| }.to make_constant_calls("Report#header") }
      refused("no sizes for all") { expect { |n| }.to grow_at_most(:linear) }
      refused("one size") { expect { |n| }.to make_constant_calls("Report#header").for([1]) }
      refused("falling sizes") { expect { |n| }.to make_constant_calls("Report#header").for([2, 1]) }
      refused("equal sizes") { expect { |n| }.to make_constant_calls("Report#header").for([2, 2]) }
      refused("size 0") { expect { |n| }.to make_constant_calls("Report#header").for([0, 2]) }
      refused("fractions") { expect { |n| }.to grow_at_most(:linear).for([1.5, 2]) }
      refused("no list") { expect { |n| }.to grow_at_most(:linear).for(1..3) }
      refused("a block without argument") { expect { }.to make_constant_calls("Report#header").for([1, 2]) }
      refused("a block without argument for all") { expect { }.to grow_at_most(:linear).for([10, 20, 40]) }
      refused("a keyword for an argument") { expect { |k: 7| Report.new(k).header }.to make_constant_calls("Report#header").for([1, 2]) }
      refused("a block for an argument") { expect { |&b| Report.new(b).header }.to make_constant_calls("Report#header").for([1, 2]) }
      passes("the rest for an argument") { expect { |*n, k: 7| Report.new(*n).header }.to make_constant_calls("Report#header").for([1, 2]) }
      passes("an argument without a name") { expect { Report.new(_1).header }.to make_constant_calls("Report#header").for([1, 2]) }
      refused("several sizes") { expect { |n| }.to make_constant_calls("Report#header").for(50, 100, 200) }
      refused("several sizes for calls") { expect { |n| }.to make_calls("Report#header").growing_at_most(:linear).for(50, 100, 200) }
      refused("several sizes for all") { expect { |n| }.to grow_at_most(:linear).for(50, 100, 200) }
      refused("sizes left out") { expect { |n| }.to grow_at_most(:linear).for }
      %w[at_most at_least exactly within].each { |word| refused("no number, \#{word}") { expect { }.to send("allocate_\#{word}").objects } }
      refused("a setting that there is not") { expect { }.to match_call_profile("x", ignoring: 5) }
      refused("an unknown growth") { expect { |n| }.to grow_at_most(:slow).for([1, 2]) }
      refused("a growth that nothing exceeds") { expect { |n| }.to grow_at_most(:exponential).for([10, 20, 40, 80]) }
      refused("two sizes for a line") { expect { |n| Report.new(n).crossed }.to grow_at_most(:linear).for([10, 1000]) }
      refused("sizes near each other") { expect { |n| Report.new(n).crossed }.to make_calls("Report#compare").growing_at_most(:linear).for([10, 20, 30]) }
      refused("sizes at which nothing shows") { expect { |n| Report.new(n).crossed }.to grow_at_most(:linear).for([1, 2, 3, 4]) }
      refused("sizes at which nothing shows, negated") { expect { |n| Report.new(n).crossed }.not_to grow_at_most(:linear).for([1, 2, 3, 4]) }
      passes("two sizes for the same number") { expect { |n| Report.new(n).header }.to make_calls("Report#format_cell").growing_at_most(:constant).for([1, 2]) }
      fails("two sizes for the same number") { expect { |n| Report.new(n).body }.to grow_at_most(:constant).for([1, 2]) }
      refused("101 sizes") { expect { |n| Report.new(n).header }.to make_constant_calls("Report#header").for((1..101).to_a) }
      passes("100 sizes") { expect { |n| Report.new(n).header }.to grow_at_most(:linear).for((1..100).to_a) }
      refused("no such method") { expect { |n| }.to make_constant_calls("Report#heading").for([1, 2]) }
      refused("no such caller") { expect { |n| }.to make_constant_calls("Report#header").from("Report#heading").for([1, 2]) }
      refused("no number") { expect { }.to allocate_at_most("many").objects }
      refused("an argument") { expect { |n| }.to allocate_at_most(1).objects }
      it { expect { |n| Report.new(n).header }.to make_constant_calls("Report#format_cell").for([10, 100]) }
      it { expect { |n| Report.new(n).header }.to grow_at_most(:n_log_n).for([10, 100, 1000]) }
      it { expect { Object.new }.to allocate_at_most(200).objects }
      it { expect { Report.new(1).header }.to make_stable_calls }
    end
  RUBY

  before(:context) do
    SampleProject.open({ "program.rb" => program, "spec/report_spec.rb" => spec }) { |project| @run = project.rspec }
  end

  it "passes, fails and refuses where it must" do
    expect(@run.outcomes.size).to be > 60
    expect(surprises(@run)).to eq({})
  end

  it "describes itself" do
    expect(@run.outcomes.keys).to include("is expected to make constant calls to Report#format_cell for 10, 100",
                                          "is expected to grow at most n log n for 10, 100, 1,000", "is expected to allocate at most 200 objects",
                                          "is expected to make stable calls")
  end

  it "says what grew, and from where" do
    expect(@run["fails: constant"]).to include(<<~TEXT)
      expected the same number of calls to Report#format_cell for each size, got linear
        sizes  10  100  1,000
        calls  10  100  1,000
      for 1,000:
        1,000  from Report#body  program.rb:4
    TEXT
    expect(@run["fails: everything"]).to include(<<~TEXT)
      expected each method to grow at most linear, but:
        sizes   10   20     40     80
        calls  100  400  1,600  6,400  Report#compare: quadratic
          from Report#crossed  program.rb:5
    TEXT
  end

  it "says nothing of the largest size where there is nothing to say" do
    expect(@run["fails: not constant, never"]).to match(/calls   0    0\nfull report: \S+\z/)
    expect(@run["fails: not constant, from elsewhere"]).to include "calls   0    0\nfor 100:\n1 call from elsewhere:\n"
  end

  it "names each method that is not deterministic" do
    expect(@run["fails: stable"]).to include(<<~TEXT.strip)
      not deterministic: 3 runs made different numbers of calls
        Report#format_cell  2, 3, 4  program.rb:11
          from Report#header  program.rb:3: 2, 3, 4
        Report#header  2, 3, 4  program.rb:3
          from Report#unsteady  program.rb:15: 2, 3, 4
    TEXT
    below = "Report#initialize  2, 3, 4  program.rb:2\n    from Class#new, below Report.many  program.rb:12: 2, 3, 4"
    ["stable, through C", "stable, of one through C", "stable count through C"].each { |name| expect(@run["fails: #{name}"]).to include below }
    expect(@run["fails: stable, through C, then broken"]).to end_with "    from Class#new: 2, 3, 4"
    expect(@run["fails: unstable objects"]).to include "the number of objects is not deterministic, so none can be expected: 2, 3, 4"
  end

  it "shows where objects are made" do
    expect(@run["fails: objects"]).to match(/expected exactly 3 objects to be made, got 4\n  3  Object  .*report_spec\.rb:\d+\n  1  Array   .*report_spec\.rb:\d+/)
  end

  it "says what is wrong with an expectation" do
    sizes = "give the sizes as increasing positive Integers, at least two, such as [10, 100, 1000]"
    ["one size", "falling sizes", "equal sizes", "size 0", "fractions", "no list"].each { |name| expect(@run["refused: #{name}"]).to include sizes }
    expect(@run["refused: a growth that nothing exceeds"]).to end_with "so this could not fail: give a lower bound, such as :cubic"
    expect(@run["refused: two sizes for a line"]).to end_with "[10, 1000]: 2 sizes are too little to see more than linear growth, so this could not fail: give sizes such as [50, 100, 200, 400]"
    expect(@run["refused: sizes near each other"]).to include "[10, 20, 30]: sizes of which the largest is less than four times the smallest are too little to see more than linear growth"
    expect(@run["refused: sizes at which nothing shows"]).to include "[1, 2, 3, 4]: at these sizes nothing could be seen to have more than linear growth, so this could not fail"
    expect(@run["refused: 101 sizes"]).to include "101 sizes are more than anybody needs to see growth: give 100 at most"
    expect(@run["refused: no sizes"]).to include "write make_constant_calls(...).for([10, 100, 1000])"
    expect(@run["refused: no sizes for all"]).to include "write grow_at_most(:linear).for("
    expect(@run["refused: a block without argument"]).to include "write { |n| ... }"
    expect(@run["refused: a block without argument for all"]).to include "write { |n| ... }"
    ["a keyword for an argument", "a block for an argument"].each { |name| expect(@run["refused: #{name}"]).to include "the block takes no positional argument" }
    ["several sizes", "several sizes for calls", "several sizes for all"].each { |name| expect(@run["refused: #{name}"]).to eq "ArgumentError: for(50, 100, 200): give one list, as in for([50, 100, 200])" }
    expect(@run["refused: sizes left out"]).to start_with "ArgumentError: give the sizes as increasing positive Integers"
    %w[at_most at_least exactly].each { |word| expect(@run["refused: no number, #{word}"]).to eq "ArgumentError: give a number of objects, as in allocate_#{word}(200).objects" }
    expect(@run["refused: no number, within"]).to include "as in allocate_within(100..200)"
    expect(@run["refused: a setting that there is not"]).to eq "ArgumentError: unknown keyword: :ignoring; a call profile takes directory:, including:, ignore:, within:"
    expect(@run["refused: stable without own code"]).to include "name the methods"
  end
end
