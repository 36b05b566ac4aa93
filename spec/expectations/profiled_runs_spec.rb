# frozen_string_literal: true

require "expected_outcomes"
require "graph_page"

# Matchers while a profile runs: of an example, of the whole run, of somebody else.
RSpec.describe "Matchers in profiled runs", stress: false do
  include ExpectedOutcomes

  program = <<~RUBY
    class Shop
      def total = 3.times { price }
      def price = 5
    end
  RUBY
  spec = ExpectedOutcomes::WORDS.sub("it(\"passes: \#{name}\", &block)", "it(\"passes: \#{name}\", :ruby_prof, &block)") + <<~RUBY
    RSpec.describe Shop do
      passes("calls") { expect { Shop.new.total }.to make_calls("Shop#price").thrice }
      fails("calls") { expect { Shop.new.total }.to make_calls("Shop#price").twice }
      passes("calls from") { expect { Shop.new.total }.to make_calls("Shop#price").from("Shop#total").thrice.and make_calls("Integer#times").once }
      passes("cold") { expect { Shop.new.total }.to make_calls("Shop#price").cold.thrice }
      passes("constant") { expect { |n| Shop.new.total }.to make_constant_calls("Shop#price").for([1, 2]) }
      passes("growth") { expect { |n| n.times { Shop.new.total } }.to grow_at_most(:linear).for([10, 20, 40]) }
      fails("growth") { expect { |n| n.times { Shop.new.total } }.to grow_at_most(:constant).for([10, 20, 40]) }
      passes("objects") { expect { Shop.new.total }.to allocate_exactly(1).object }
      fails("objects") { expect { Shop.new.total }.to allocate_exactly(3).objects }
      passes("stable") { expect { Shop.new.total }.to make_stable_calls }
      passes("all threads") { expect { Thread.new { Shop.new.total }.join }.to make_calls("Shop#price").on_all_threads.thrice }
      passes("call profile") { expect { Shop.new.total }.to match_call_profile("total") }
      passes("started by hand") do
        RubyProf.start
        expect { Shop.new.total }.to make_calls("Shop#price").thrice
        methods = RubyProf.stop.threads.flat_map(&:methods)
        expect(methods.find { |method| method.full_name == "Shop#price" }.called).to eq 6
      end
    end
  RUBY

  { "examples" => {}, "a whole run" => { "RUBY_PROF" => "1" }, "a whole run without its boot" => { "RUBY_PROF" => "flat", "RUBY_PROF_BOOT" => "0" },
    "a run that counts objects" => { "RUBY_PROF" => "flat", "RUBY_PROF_MODE" => "allocations" } }.each do |what, env|
    it "count what they count in #{what}" do
      SampleProject.open("program.rb" => program, "spec/shop_spec.rb" => spec) do |project|
        run = project.rspec(env: env)
        expect(run.outcomes.size).to eq 13
        expect(surprises(run)).to eq({})
        expect(run["fails: calls"]).to match(%r{  3  from Shop#total  program\.rb:2\nlooks like N\+1: 1 call of Shop#total makes 3 of these calls\n  in a loop at program\.rb:2\nfull report: (tmp/ruby-prof/\S+\.html)\z})
        expect(project.read(run["fails: calls"][%r{tmp/ruby-prof/\S+}])).to include "Shop#price"
        reports = project.files("tmp/ruby-prof/Shop-passes-*").reject { |path| project.read(path).include?("Shop#") }
        expect(reports).to eq []
        expect(run.stderr).not_to include "warning"
      end
    end
  end

  it "write reports that begin at the example's own code, and have what it calls" do
    own = ExpectedOutcomes::WORDS + <<~RUBY
      require "set"
      RSpec.describe Shop do
        fails("calls") { expect { Shop.new.total; Set.new([1]).add(2); [2, 1].sort }.to make_calls("Shop#price").twice }
        fails("all threads") { expect { Thread.new { Shop.new.total }.join }.to make_calls("Shop#price").on_all_threads.twice }
        fails("growth") { expect { |n| n.times { Shop.new.total } }.to grow_at_most(:constant).for([10, 20, 40]) }
        fails("objects") { expect { Shop.new.total }.to allocate_exactly(3).objects }
      end
    RUBY
    SampleProject.open("program.rb" => program, "spec/shop_spec.rb" => own) do |project|
      run = project.rspec
      expect([run.outcomes.size, surprises(run)]).to eq [4, {}]
      run.outcomes.each_key do |name|
        page = GraphPage.new(project.read(run[name][%r{tmp/ruby-prof/\S+}]))
        names = page.methods.map(&:name)
        expect(names).to include("[global]#", "Shop#total")
        expect(names.grep(/RSpec|RubyProf/)).to eq []
      end
      page = GraphPage.new(project.read(run["fails: calls"][%r{tmp/ruby-prof/\S+}]))
      expect(page.methods.map(&:name)).to include("Set#add", "Array#sort", "Shop#price")
    end
  end

  it "write nothing when all is well and nothing was asked for" do
    SampleProject.open("program.rb" => program, "spec/shop_spec.rb" => spec.gsub(":ruby_prof, ", "")) do |project|
      expect(project.rspec("-e", "passes: c").outcomes.size).to eq 5
      expect(project.files("tmp/**/*")).to eq []
    end
  end

  it "go on where no report can be written" do
    SampleProject.open("program.rb" => program, "spec/shop_spec.rb" => spec, "tmp" => "in the way") do |project|
      run = project.rspec("-e", "fails: calls")
      expect(run["fails: calls"]).to end_with "got 3\n  3  from Shop#total  program.rb:2\nlooks like N+1: 1 call of Shop#total makes 3 of these calls\n  in a loop at program.rb:2"
      expect(run.stderr).to include "tmp"
    end
  end
end
