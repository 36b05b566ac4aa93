# frozen_string_literal: true

require "expected_outcomes"

# `and` and `or`: each of ours runs the block on its own, others see one run, and nothing of theirs is counted.
RSpec.describe "make_calls joined with other matchers", stress: false do
  include ExpectedOutcomes

  program = <<~RUBY
    class Shop
      attr_reader :sold
      def initialize = @sold = 0
      def sell
        audit
        @sold += 1
      end
      def audit = nil
      def refuse
        audit
        raise IOError, "closed"
      end
      def leave
        audit
        throw :done, 5
      end
      def say
        audit
        puts "sold"
      end
      def each
        audit
        yield 1
      end
      def count
        audit
        @sold
      end
    end
  RUBY
  spec = ExpectedOutcomes::WORDS + <<~RUBY
    RSpec::Matchers.define_negated_matcher :make_no_calls, :make_calls
    RSpec::Matchers.define_negated_matcher :not_change, :change
    RSpec::Matchers.alias_matcher :have_called, :make_calls
    RSpec.describe Shop do
      let(:shop) { Shop.new }
      let(:once) { make_calls("Shop#audit").once }
      let(:twice) { make_calls("Shop#audit").twice }

      passes("ours and ours") { expect { shop.sell }.to make_calls("Shop#audit").once.and make_calls("Shop#sell").once }
      fails("ours and ours, first") { expect { shop.sell }.to twice.and make_calls("Shop#sell").once }
      fails("ours and ours, second") { expect { shop.sell }.to once.and make_calls("Shop#sell").twice }
      fails("ours and ours, both") { expect { shop.sell }.to twice.and make_calls("Shop#sell").twice }
      passes("ours or ours") { expect { shop.sell }.to twice.or once }
      passes("ours or ours, the other way") { expect { shop.sell }.to once.or twice }
      fails("ours or ours") { expect { shop.sell }.to twice.or make_calls("Shop#audit").never }
      passes("with operators") { expect { shop.sell }.to once & make_calls("Shop#sell") & make_calls("Shop#audit") | twice }

      # The block also ran to warm up; change sees one of the runs, and its own calls of count are not counted.
      passes("ours and change") { expect { shop.sell }.to once.and change { shop.count }.by(1) }
      passes("change and ours") { expect { shop.sell }.to change { shop.count }.by(1).and once }
      fails("change and ours, change") { expect { shop.sell }.to change { shop.count }.by(2).and once }
      fails("change and ours, ours") { expect { shop.sell }.to change { shop.count }.by(1).and twice }
      fails("ours and change, both") { expect { shop.sell }.to twice.and change { shop.count }.by(2) }
      passes("change or ours, by ours") { expect { shop.sell }.to change { shop.count }.by(7).or once }
      passes("change or ours, by change") { expect { shop.sell }.to change { shop.count }.by(1).or twice }
      fails("change or ours") { expect { shop.sell }.to change { shop.count }.by(7).or twice }
      passes("cold: change from the start") { expect { shop.sell }.to change { shop.count }.from(0).to(1).and make_calls("Shop#audit").cold.once }
      passes("three in a row, ours first") { expect { shop.sell }.to once.and(change { shop.count }.by(1)).and(make_calls("Shop#sell").once) }
      passes("three in a row, ours last") { expect { shop.sell }.to change { shop.count }.by(1).and(not_change { shop.class }).and(once) }
      passes("three in a row, nested") { expect { shop.sell }.to change { shop.count }.by(1).and(once.or(twice)) }
      fails("three in a row") { expect { shop.sell }.to change { shop.count }.by(1).and(once).and(make_calls("Shop#refuse")) }
      passes("four in a row") { expect { shop.sell }.to once.and(change { shop.count }.by(1)).and(change { shop.sold }.by(1)).and(make_calls("Shop#sell")) }

      passes("raise_error") { expect { shop.refuse }.to raise_error(IOError, "closed").and once }
      passes("and raise_error") { expect { shop.refuse }.to once.and raise_error(IOError) }
      fails("raise_error, ours") { expect { shop.refuse }.to raise_error(IOError).and twice }
      fails("raise_error, of another kind") { expect { shop.refuse }.to once.and raise_error(ArgumentError) }
      fails("raise_error, none raised") { expect { shop.sell }.to once.and raise_error(IOError) }
      passes("raise_error and change") { expect { shop.sell; shop.refuse }.to raise_error(IOError).and(twice).and(change { shop.sold }.by(1)) }
      passes("throw_symbol") { expect { shop.leave }.to throw_symbol(:done, 5).and once }
      passes("and throw_symbol and change") { expect { shop.sell; shop.leave }.to twice.and(throw_symbol(:done)).and(change { shop.sold }.by(1)) }
      fails("throw_symbol, ours") { expect { shop.leave }.to twice.and throw_symbol(:done) }
      passes("output") { expect { shop.say }.to output("sold\\n").to_stdout.and once }
      fails("output") { expect { shop.say }.to once.and output("bought\\n").to_stdout }
      passes("yield_control") { expect { |probe| shop.each(&(probe || proc {})) }.to make_calls("Shop#audit").cold.once.and yield_control }

      passes("negated matchers") { expect { shop.sell }.to make_no_calls("Shop#refuse").and change { shop.count }.by(1) }
      fails("negated matchers") { expect { shop.sell }.to change { shop.count }.by(1).and make_no_calls("Shop#audit") }
      passes("renamed matchers") { expect { shop.sell }.to change { shop.count }.by(1).and have_called("Shop#audit").once }
      passes("cold ones share the first run") { expect { shop.sell }.to make_calls("Shop#audit").cold.once.and make_calls("Shop#sell").cold.once.and allocate_exactly(1).objects.cold }
      passes("cold one after another") { sold = nil; expect { sold ||= shop.sell }.to make_calls("Shop#sell").never.and make_calls("Shop#sell").cold.once }
      refused("cold ones that differ") { expect { shop.sell }.to make_calls("Shop#audit").cold.and make_calls("Shop#sell").cold.on_all_threads }
      refused("negated as a whole") { expect { shop.sell }.not_to once.and make_calls("Shop#sell") }
      passes("others as before") { expect { shop.sell }.to change { shop.count }.by(1).and not_change { shop.class } }
      passes("values as before") { expect(5).to eq(5).and be_odd }
      fails("a value") { expect(5).to once.and twice }
      it("runs") { runs = 0; expect { runs += 1; shop.sell }.to once.and(change { shop.count }.by(1)).and(make_calls("Shop#sell")); puts "runs: \#{runs}" }
      it { expect { shop.sell }.to make_calls("Shop#audit").once.and change { shop.sold }.by(1) }
      fails("with an exception that nobody waits for") { expect { expect { shop.refuse }.to once.and change { shop.sold }.by(0) }.not_to raise_error }
      passes("with a block that raises, and leaves no hook") do
        begin
          expect { shop.refuse }.to once.and change { shop.sold }.by(0)
        rescue IOError
          expect { shop.sell }.to once
        end
      end
    end
  RUBY

  before(:context) do
    SampleProject.open({ "program.rb" => program, "spec/shop_spec.rb" => spec }) { |project| @run = project.rspec }
  end

  it "passes, fails and refuses where it must" do
    expect(@run.outcomes.size).to be > 40
    expect(surprises(@run)).to eq({})
  end

  it "runs the block twice for each of ours" do
    expect(@run.stdout).to include "runs: 4\n"
  end

  it "describes itself" do
    expect(@run.outcomes.keys).to include "is expected to make calls to Shop#audit exactly 1 time and change `shop.sold` by 1"
  end

  it "says what failed, and only that" do
    expect(@run["fails: change and ours, change"]).to end_with "expected `shop.count` to have changed by 2, but was changed by 1"
    expect(@run["fails: change and ours, ours"]).to include("expected exactly 2 calls to Shop#audit, got 1").and include("from Shop#sell")
    both = @run["fails: ours and change, both"]
    expect(both).to match(/expected exactly 2 calls.*\n\n\.\.\.and:\n\n   expected `shop\.count` to have changed by 2/m)
    expect(@run["fails: change or ours"]).to include "...or:"
  end
end
