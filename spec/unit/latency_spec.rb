# frozen_string_literal: true

require "tmpdir"

RSpec.describe RubyProf::Latency do
  module LatencyFixtures
    class Shop
      def sell(*prices) = prices.each { |price| wait(price) }
      def wait(time) = ManualClock.advance(time)
      def give_up(time) = catch(:done) { leave(time) }

      def leave(time)
        wait(time)
        throw :done
      end

      def nested(depth)
        wait(10)
        nested(depth - 1) if depth > 1
      end

      def twice(first, second)
        sell(first)
        resell(second)
      end

      def resell(price) = wait(price)
    end
  end

  let(:shop) { LatencyFixtures::Shop.new }

  def record(**options, &block)
    profile_by_hand(compensate: false, latency: true, **options, &block)
  end

  def latency(profile, name)
    method_info(profile, "LatencyFixtures::Shop##{name}").latency
  end

  it "tells the shortest call, the longest and what lies between" do
    prices = (1..1000).map { |number| number * 1_000 }
    found = latency(record { shop.sell(*prices.shuffle(random: Random.new(3))) }, :wait)
    expect([found.count, found.min, found.max]).to eq [1000, 1e-6, 1e-3]
    expect([found.percentile(0), found.percentile(100)]).to eq [1e-6, 1e-3]
    expect(found.p50).to be_within(500e-6 / 16).of(500e-6).and eq found.percentile(50)
    expect(found.p99).to be_within(990e-6 / 16).of(990e-6).and eq found.percentile(99.0)
    expect(found.percentile(12.5r)).to be_within(125e-6 / 16).of(125e-6)
  end

  it "is a histogram with each call once" do
    found = latency(record { shop.sell(5, 5, 300, 1_000_000) }, :wait)
    expect(found.buckets.map(&:last)).to eq [2, 1, 1]
    expect(found.buckets.first).to eq [5e-9, 5e-9, 2]
    starts, ends = found.buckets.transpose
    expect(starts).to eq starts.sort
    expect(starts.zip(ends, [5e-9, 300e-9, 1e-3])).to all(satisfy { |from, to, took| (from..to).cover?(took) })
    expect(found.inspect).to eq "#<RubyProf::Latency count: 4, min: 5e-9, p50: 5e-9, p99: 0.001, max: 0.001>"
  end

  it "is of methods, of call paths and of callers" do
    method = method_info(record { shop.twice(100, 7) }, "LatencyFixtures::Shop#wait")
    expect([method.min_time, method.max_time]).to eq [7e-9, 100e-9]
    trees = method.call_trees
    expect(trees.call_trees.map { |tree| [tree.parent.target.method_name, tree.min_time, tree.max_time, tree.latency.count] })
      .to contain_exactly([:sell, 100e-9, 100e-9, 1], [:resell, 7e-9, 7e-9, 1])
    expect(trees.callers.to_h { |tree| [tree.parent.target.method_name, [tree.min_time, tree.latency.max]] })
      .to eq(sell: [100e-9, 100e-9], resell: [7e-9, 7e-9])
  end

  it "counts a call within another of the same method with its own time" do
    found = latency(record { shop.nested(3) }, :nested)
    expect([found.count, found.min, found.p50, found.max]).to eq [3, 10e-9, 20e-9, 30e-9]
  end

  it "is nil where no call was seen from its beginning to its end" do
    profile = by_hand(compensate: false, latency: true)
    profile.start
    shop.wait(3)
    profile.stop
    root = profile.threads.first.call_tree
    expect([root.latency, root.min_time, root.max_time]).to eq [nil, nil, nil]
    expect([root.target.latency, root.target.min_time, root.target.max_time]).to eq [nil, nil, nil]
    expect(latency(profile, :wait).count).to eq 1
  end

  it "counts calls that a throw or an exception ended" do
    found = latency(record { shop.give_up(40) }, :leave)
    expect([found.count, found.max]).to eq [1, 40e-9]
  end

  it "does not count what lies in a pause" do
    profile = by_hand(compensate: false, latency: true)
    profile.start
    shop.define_singleton_method(:break_for) do |time|
      wait(5)
      profile.pause
      wait(time)
      profile.resume
      wait(6)
    end
    shop.break_for(1_000)
    profile.stop
    method = profile.threads.first.methods.find { |info| info.method_name == :break_for }
    expect([method.called, method.max_time]).to eq [1, 11e-9]
  end

  it "is not recorded if that is not wanted" do
    method = method_info(record(latency: false) { shop.sell(1) }, "LatencyFixtures::Shop#wait")
    expect([method.called, method.latency, method.min_time, method.max_time]).to eq [1, nil, nil, nil]
    expect(method.call_trees.callers.first.latency).to be_nil
  end

  it "is recorded if the environment says so, and not otherwise" do
    script = <<~RUBY
      require "ruby-prof"
      def few = nil
      print RubyProf.profile { few }.threads.first.methods.map { |method| method.latency.class }.uniq
      print RubyProf::Profile.new(latency: false).profile { few }.threads.first.methods.map { |method| method.latency.class }.uniq
    RUBY
    expect(ruby(script).stdout).to eq "[NilClass][NilClass]"
    expect(ruby(script, env: { "RUBY_PROF_LATENCY" => "1" }).stdout).to eq "[NilClass, RubyProf::Latency][NilClass]"
    expect(ruby(script, env: { "RUBY_PROF_LATENCY" => "yes" }).stderr).to match(/RUBY_PROF_LATENCY=yes/)
  end

  it "is of objects where these are counted" do
    profile = profile(measure_mode: RubyProf::ALLOCATIONS, latency: true) { 3.times { |number| shop.sell(*Array.new(number, 0)) } }
    found = latency(profile, :sell)
    expect(found.count).to eq 3
    expect([found.min, found.max, found.p50].map { |objects| objects % 1 }).to all eq 0
  end

  it "is without overhead in a profile that is" do
    profile = record { shop.sell(*([40_010] * 99), 90_000) }
    RubyProf::Testing.charge(profile, 40_000, 0, 0)
    text = RubyProf::FlatPrinter.new(profile).print(+"", latency: true, compensate: true)
    row = text.lines.grep(/Shop#wait/).first.split
    # The mean is 40,509.9; who took no longer has as large a share of overhead as all have.
    expect(row.values_at(6, 9)).to eq ["0.504", "50.000"]
    raw = RubyProf::FlatPrinter.new(profile).print(+"", latency: true)
    expect(raw.lines.grep(/Shop#wait/).first.split.values_at(6, 9)).to eq ["40.010", "90.000"]
  end

  it "is kept by files, merges and filters" do
    profile = record { shop.twice(100, 7) }
    expected = latency(profile, :wait).inspect
    copy = Marshal.load(Marshal.dump(profile))
    expect(latency(copy, :wait).inspect).to eq expected
    expect(latency(profile.without("LatencyFixtures::Shop#sell"), :wait).inspect).to eq expected
    Dir.mktmpdir do |directory|
      files = %w[one other].map { |name| "#{directory}/#{name}.rbprof".tap { |path| profile.save(path) } }
      expect(latency(RubyProf.merge(*files), :wait).count).to eq 4
    end
    expect(latency(profile.merge!(:all), :wait).inspect).to eq expected
  end

  it "is that of all runs" do
    profile = by_hand(compensate: false, latency: true)
    [3, 900].each { |price| profile.profile { shop.sell(price) } }
    found = latency(profile, :wait)
    expect([found.count, found.min, found.max]).to eq [2, 3e-9, 900e-9]
  end

  it "stays through changes by hand, unless there are fewer calls then" do
    tree = method_info(record { shop.sell(5, 6) }, "LatencyFixtures::Shop#wait").call_trees.call_trees.first
    tree.measurement.total_time = 1.0
    expect(tree.latency.count).to eq 2
    tree.measurement.called = 1
    expect([tree.latency, tree.target.latency]).to eq [nil, nil]
    tree.measurement.called = 2
    expect(tree.max_time).to eq 6e-9
  end

  it "takes percents only" do
    found = latency(record { shop.sell(5) }, :wait)
    [-1, 100.1, Float::NAN, Float::INFINITY].each { |percent| expect { found.percentile(percent) }.to raise_error(ArgumentError, /percentile cannot be/) }
    ["50", nil, Object.new].each { |percent| expect { found.percentile(percent) }.to raise_error(TypeError, /percentile is a number/) }
    expect { described_class.new }.to raise_error(TypeError, /allocator undefined/)
  end

  describe "in reports" do
    let(:profile) { record { shop.twice(100_000, 7_000) } }

    def text(printer, **options)
      printer.new(profile).print(+"", **options)
    end

    it "has columns" do
      flat = text(RubyProf::FlatPrinter)
      expect(flat[/^ %self.*/].split.last(7)).to eq ["calls", "min(us)", "p50(us)", "p99(us)", "max(us)", "name", "location"]
      expect(flat.lines.grep(/Shop#wait/).first.split.values_at(5, 6, 9)).to eq %w[2 7.000 100.000]
      graph = text(RubyProf::GraphPrinter)
      expect(graph.lines.grep(/ 1\/2 .*#resell/).first.split.values_at(4, 5, 8)).to eq %w[1/2 7.000 7.000]
      paths = text(RubyProf::CallInfoPrinter)
      expect(paths).to include "call:1, min:100.000, p50:100.000, p99:100.000, max:100.000)"
      [flat, graph, paths].each { |report| expect(report).to include "  p99 ".ljust(6), "of these calls took no longer" }
    end

    it "has none if they are not wanted, or there is nothing to show" do
      [RubyProf::FlatPrinter, RubyProf::GraphPrinter, RubyProf::CallInfoPrinter].each do |printer|
        expect(text(printer, latency: false)).not_to match(/p99|p50/)
        without = printer.new(record(latency: false) { shop.sell(1) })
        expect(without.print(+"", latency: true)).not_to match(/p99|p50/)
      end
      expect { text(RubyProf::FlatPrinter, latency: 1) }.to raise_error(ArgumentError, "latency: 1 cannot be used: give true or false")
    end

    it "is where the pointer rests on the calls of a page's method" do
      page = text(RubyProf::GraphHtmlPrinter)
      expect(page).to include 'title="7.00 µs to 100 µs a call: half up to 7.00 µs, 99% up to 100 µs"', "Rest the pointer on <i>Calls</i>"
      expect(RubyProf::GraphHtmlPrinter.new(record(latency: false) { shop.sell(1) }).print(+"")).not_to match(/a call|Rest the pointer on <i>Calls/)
    end
  end
end
