# frozen_string_literal: true

require "command"
require "json"

# Call profiles beside the tests of a project, in real processes of RSpec and Minitest.
RSpec.describe "A project's call profiles", stress: false do
  include Command

  code = <<~RUBY
    module Shop
      class Cart
        attr_reader :items
        def initialize = @items = []
        def add(price) = items << Item.new(price)
        def total = items.sum { |item| item.price }
        def sorted = items.sort
      end
      class Item
        include Comparable
        def initialize(price) = @price = price
        def price = Tax.of(@price)
        def <=>(other) = price <=> other.price
      end
      module Tax
        def self.of(price) = @of ||= price
      end
    end
  RUBY
  expectation = <<~RUBY
    require "ruby-prof/expectations/call_profile"
    def verdict_of(name, **options, &block)
      RubyProf.module_eval("Expectations")::CallProfileExpectation.new(name, **options).check(block)
    end
    WORK = proc { cart = Shop::Cart.new; 3.times { |n| cart.add(n) }; cart.sorted; cart.total }
  RUBY

  before do
    file("lib/shop.rb", code)
    file("spec/helper.rb", "Dir['lib/**/*.rb'].each { |path| load path }\n#{expectation}")
    file("spec/cart_spec.rb", <<~RUBY)
      require File.expand_path("spec/helper")
      RSpec.describe Shop::Cart do
        it("totals") { verdict_of("cart") { WORK.call }.then { |verdict| expect(verdict.passed?).to be(true), verdict.message } }
      end
    RUBY
    file("test/cart_test.rb", <<~RUBY)
      require File.expand_path("spec/helper")
      require "minitest/autorun"
      class CartTest < Minitest::Test
        def work = WORK.call
        def test_total = verdict_of("cart", directory: "test/call_profiles") { work }.then { |verdict| assert verdict.passed?, verdict.message }
      end
    RUBY
  end

  no_ci = { "CI" => nil }

  define_method(:spec) { |env = {}| plain_ruby("-S", "rspec", "--no-color", "spec", env: no_ci.merge(env)) }
  define_method(:test) { |env = {}| plain_ruby("test/cart_test.rb", env: no_ci.merge(env)) }

  # Not every Ruby has Minitest.
  minitest = system(RbConfig.ruby, "-e", "require 'minitest'", err: File::NULL)
  define_method(:both) { minitest ? [spec, test] : [spec] }

  def mutate(path = "lib/shop.rb")
    changed = yield read(path)
    expect(changed).not_to eq read(path)
    file(path, changed)
  end

  it "are written once, and equal for both" do
    first = spec
    expect(first.status.exitstatus).to eq(0), first.stdout
    expect(first.stderr).to include "ruby-prof: wrote spec/call_profiles/cart.json: 8 methods, 25 calls. Commit it\n"
    again = spec
    expect([again.status.exitstatus, again.stderr]).to eq [0, ""]
    expect(JSON.parse(read("spec/call_profiles/cart.json"))["methods"].to_h { |name, entry| [name, entry["callers"]] }).to include(
      "Shop::Cart#add" => { "(test)" => 3 }, "Shop::Item#initialize" => { "(ruby)" => 3 }, "Shop::Item#<=>" => { "(ruby)" => 2 }
    )
    next unless minitest

    expect(test.stderr).to include "wrote test/call_profiles/cart.json"
    expect(test.stderr).to eq ""
    expect(read("test/call_profiles/cart.json")).to eq read("spec/call_profiles/cart.json")
  end

  it "notice a call that is added, taken away, or made twice; not one that moved" do
    both
    {
      "added" => ->(text) { text.sub("def sorted = items.sort", "def sorted = items.sort.tap { total }") },
      "taken away" => ->(text) { text.sub("items.sum { |item| item.price }", "items.size") },
      "made twice" => ->(text) { text.sub("= Tax.of(@price)", "= Tax.of(Tax.of(@price))") },
      "called by another" => ->(text) { text.sub("price <=> other.price", "Tax.of(1) <=> other.price") }
    }.each do |what, change|
      mutate(&change)
      both.each do |ended|
        expect([what, ended.status.exitstatus]).to eq [what, 1]
        expect(ended.stdout).to include("call_profiles/cart.json, but").and include("RUBY_PROF_UPDATE=1")
      end
      file("lib/shop.rb", code)
      expect([what, *both.map { |ended| ended.status.exitstatus }.uniq]).to eq [what, 0]
    end
    File.delete(File.join(directory, "lib/shop.rb"))
    file("lib/store/moved.rb", "#\n#\n#{code}")
    expect(both.map { |ended| ended.status.exitstatus }.uniq).to eq [0]
  end

  it "are not written in CI, and rewritten on request" do
    missing = spec("CI" => "true")
    expect([missing.status.exitstatus, files("**/*.json")]).to eq [1, []]
    expect(missing.stdout).to include "there is no call profile spec/call_profiles/cart.json, and in CI (CI=true) none is written"
    spec
    mutate { |text| text.sub("items.sort", "items.sort.map(&:price)") }
    expect(spec("CI" => "true").status.exitstatus).to eq 1
    expect(spec("RUBY_PROF_UPDATE" => "1").stderr).to include "ruby-prof: wrote spec/call_profiles/cart.json"
    expect(spec("CI" => "true").status.exitstatus).to eq 0
  end

  it "are whole, when processes write them at once" do
    threads = Array.new(4) { ::Thread.new { spec("RUBY_PROF_UPDATE" => "1").status.exitstatus } }
    expect(threads.map(&:value)).to eq [0] * 4
    expect(files("**/.rp-*") + Dir.glob("**/.rp-*", File::FNM_DOTMATCH, base: directory)).to eq []
    expect(spec.status.exitstatus).to eq 0
  end

  it "are baselines of ruby-prof check" do
    spec
    changed = read("spec/call_profiles/cart.json").sub("\"called\": 2, \"callers\": {\n      \"(ruby)\": 2", "\"called\": 4, \"callers\": {\n      \"(ruby)\": 4")
    file("now.json", changed)
    expect(ruby_prof("check", "--baseline", "spec/call_profiles/cart.json", "now.json").stdout).to start_with "1 method called more often (--max-count-growth 0):\n  + Shop::Item#<=>  2 -> 4  x2\n"
  end
end
