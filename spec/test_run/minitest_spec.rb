# frozen_string_literal: true

require "test_project"

# Minitest, whole runs and single tests.
RSpec.describe "Minitest runs", stress: false do
  before do
    begin
      Gem::Specification.find_by_name("minitest")
    rescue Gem::MissingSpecError
      skip "minitest is not installed here"
    end
  end
  after { @project&.delete }

  def run(body, *arguments, env: {})
    @project = TestProject.new("shop_test.rb" => "require 'minitest/autorun'\nrequire 'ruby-prof/minitest'\n#{body}")
    @project.minitest("shop_test.rb", *arguments, env: env)
  end

  TESTS = <<~RUBY
    class ShopTest < Minitest::Test
      def setup = Shop.new.prepare
      def teardown = Shop.new.tidy(1)
      def test_adds = assert_equal(12, Shop.new.price([1, 2, 3]))
      def test_fails = assert_equal(1, Shop.new.price([1]))
      def test_raises = Shop.new.price(nil)
      def test_skips = skip("later")
    end
  RUBY

  it "profiles a whole run" do
    result = run(TESTS, env: { "RUBY_PROF" => "flat", "RUBY_PROF_FORMAT" => "text,json,junit", "RUBY_PROF_ONLY" => "Shop" })
    expect(result.status.exitstatus).to eq 1
    expect(result.stdout).to include("4 runs, 2 assertions, 1 failures, 1 errors, 1 skips", "ruby-prof: 4 examples", "tmp/ruby-prof/index.html")
    rows = @project.json["examples"].to_h { |row| [row["description"], row.values_at("status", "calls")] }
    expect(rows).to eq("ShopTest#test_adds" => ["passed", 7], "ShopTest#test_fails" => ["failed", 5], "ShopTest#test_raises" => ["failed", 4], "ShopTest#test_skips" => ["pending", 3])
    expect(@project.json).to include("framework" => "Minitest")
    expect(@project.example("ShopTest#test_adds")["location"]).to eq "shop_test.rb:6"
    text = @project.read("tmp/ruby-prof/run.txt")
    expect(text).to include "Shop#price"
    expect(text).not_to match(/Minitest|RubyProf/)
  end

  it "profiles the tests that ask for it, without setup and teardown" do
    result = run(<<~RUBY, env: { "RUBY_PROF_FORMAT" => "json,text" })
      #{TESTS}
      class ShopTest
        ruby_prof :test_adds, printer: :flat
        ruby_prof "test_fails", printer: :flat, setup: true
        ruby_prof :test_raises, printr: 1
        ruby_prof :test_typo
      end
      class Inherits < Minitest::Test
        ruby_prof
        ruby_prof :test_off, false
        def test_on = Shop.new.tax(1)
        def test_off = Shop.new.tax(1)
      end
      class Derived < Inherits; end
      describe "a spec" do
        ruby_prof it("taxes") { Shop.new.tax(1) }
      end
    RUBY
    expect(@project.example("ShopTest#test_adds")["location"]).to eq "shop_test.rb:6"
    texts = @project.reports.grep_v(/json/).to_h { |name| [name.sub(/-\h{8}/, ""), @project.read("tmp/ruby-prof/#{name}")] }
    expect(texts.keys).to contain_exactly("ShopTest-test_adds.txt", "ShopTest-test_fails.txt", "Inherits-test_on.html", "Derived-test_on.html", "a-spec-test_0001_taxes.html")
    expect(texts["ShopTest-test_adds.txt"]).to match(/\s1\s+Shop#price/)
    expect(texts["ShopTest-test_adds.txt"]).not_to match(/Shop#prepare|Shop#tidy|Minitest|RubyProf/)
    expect(texts["ShopTest-test_fails.txt"]).to match(/\s1\s+Shop#prepare/).and match(/\s2\s+Shop#tidy/)
    expect(result.stdout).to include("unknown option :printr", "It stands at ShopTest#test_raises", "ruby_prof :test_typo in ShopTest: there is no such test")
    expect(result.stdout.index("runs, ")).to be < result.stdout.index("ruby-prof profiled 5 examples")
    expect(result.stdout).to match(/ShopTest#test_fails \[shop_test.rb:7\]/)
  end

  it "keeps tests that run at the same time apart" do
    body = <<~RUBY
      class Parallel < Minitest::Test
        parallelize_me!
        ruby_prof printer: :flat
        12.times { |index| define_method("test_\#{index}") { index.times { Shop.new.tax(1); sleep 0.002 } } }
      end
    RUBY
    run(body, env: { "RUBY_PROF" => "1", "RUBY_PROF_FORMAT" => "json", "RUBY_PROF_ONLY" => "Shop", "MT_CPU" => "4" })
    rows = @project.json["examples"].to_h { |row| [row["description"], row["calls"]] }
    expect(rows).to eq((0..11).to_h { |index| ["Parallel#test_#{index}", index] })
    profile = RubyProf.load(@project.path("tmp/ruby-prof/run.rbprof"))
    expect(profile.threads.sum { |thread| thread.methods.select { |method| method.full_name == "Shop#tax" }.sum(&:called) }).to eq 66
    taxes = @project.reports.grep(/\AParallel/).to_h { |name| [name[/test_(\d+)/, 1].to_i, @project.read("tmp/ruby-prof/#{name}")[/(\d+)\s+Shop#tax/, 1].to_i] }
    expect(taxes).to eq((0..11).to_h { |index| [index, index] })
  end

  it "writes what it has when a test leaves by exit" do
    result = run("class Exit < Minitest::Test\nruby_prof :test_exit, printer: :flat\ndef test_exit\nShop.new.tax(1)\nexit 3\nend\nend", env: { "RUBY_PROF" => "1" })
    expect(@project.reports.grep(/\AExit/).length).to eq 1
    expect(@project.reports).to include "run.rbprof"
    expect(result.stdout + result.stderr).to include "tmp/ruby-prof/index.html"
  end

  it "does nothing unless it is asked" do
    result = run(TESTS)
    expect(result.stdout + result.stderr).not_to match(/^ruby-prof/)
    expect(File).not_to exist @project.path("tmp")
  end
end
