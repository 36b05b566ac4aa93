# frozen_string_literal: true

RSpec.describe "times without the profiler's own work", stress: false do
  module CompensationFixtures
    class Worker
      def many = 3_000.times { few }
      def few = nil
      def collect = 2.times { GC.start }
    end
  end

  # One that starts while nobody else looks at calls, so that costs are known.
  def measured(**options, &block)
    RubyProf::Profile.new(**options).profile(&block)
  end

  def facts
    isolated = <<~RUBY
      def few = nil
      def many = 3_000.times { few }
      def facts(profile)
        overhead = profile.overhead
        trees = [profile.threads.first.call_tree]
        trees.each { |tree| trees.concat(tree.children) }
        parts = trees.sum { |tree| tree.self_time + tree.wait_time }
        { known: overhead.known?, compensated: profile.compensated?, operators: profile.operators?, total: profile.threads.sum(&:total_time), parts: parts,
          raw: overhead.raw_total, subtracted: overhead.subtracted, share: overhead.share, uncertainty: overhead.uncertainty,
          least: trees.map(&:self_time).min, costs: overhead.costs, unexplained: overhead.unexplained }
      end
    RUBY
    yield isolated
  end

  def run(script)
    Marshal.load(facts { |given| output_of_binary("#{given}\n#{script}") })
  end

  def output_of_binary(script)
    result = ruby("require 'ruby-prof'; $stdout.binmode\n#{script}")
    expect(result).to be_success, result.stderr
    result.stdout.b
  end

  it "are what objects and reports show" do
    found = run("print Marshal.dump(facts(RubyProf.profile { many }))")
    expect(found).to include(known: true, compensated: true, operators: false)
    expect(found[:subtracted]).to be > 0
    expect(found[:total]).to be_within(1e-9).of(found[:raw] - found[:subtracted])
    expect(found[:parts]).to be_within(1e-7).of(found[:total])
    expect(found[:least]).to be >= 0
    expect(found[:share]).to be_within(1e-9).of(found[:subtracted] / found[:raw])
    expect(found[:uncertainty]).to be_between(0, found[:subtracted])
    expect(found[:costs].keys).to eq %i[ruby c operator new_path object switch]
    expect(found[:costs].values_at(:ruby, :c).flatten).to all(be_between(0, 1e-4))
  end

  it "are those that were measured where that is wanted, and all is known of the overhead" do
    found = run("print Marshal.dump(facts(RubyProf.profile(compensate: false) { many }))")
    expect(found).to include(known: true, compensated: false)
    expect(found[:total]).to eq found[:raw]
    expect(found[:subtracted]).to be > 0
  end

  it "are found in process time too, and objects have none" do
    found = run("print Marshal.dump(facts(RubyProf.profile(measure_mode: RubyProf::PROCESS_TIME) { many }))")
    expect(found).to include(known: true, compensated: true)
    objects = run("print Marshal.dump(facts(RubyProf.profile(measure_mode: RubyProf::ALLOCATIONS) { many }))")
    expect(objects).to include(known: false, subtracted: 0.0, share: 0.0)
  end

  it "are kept in files, merged and filtered, to the nanosecond" do
    found = run(<<~RUBY)
      require "tempfile"
      one = RubyProf.profile { many }
      file = Tempfile.new
      one.save(file.path)
      two = RubyProf.load(file.path)
      merged = RubyProf.merge([file.path, file.path])
      hidden = one.without("Object#few")
      print Marshal.dump([one, two, merged, hidden].map { |profile| facts(profile) })
    RUBY
    one, two, merged, hidden = found
    expect(two).to eq one
    expect(merged[:subtracted]).to be_within(1e-12).of(2 * one[:subtracted])
    expect(hidden.values_at(:raw, :subtracted, :compensated)).to eq one.values_at(:raw, :subtracted, :compensated)
  end

  it "are without the counting of objects too" do
    found = run(<<~RUBY)
      def make = 3_000.times { few; ["text"] }
      plain, counted = [false, true].map { |counted| RubyProf.profile(track_allocations: counted) { make } }
      print Marshal.dump([plain, counted].map { |profile| facts(profile) })
    RUBY
    plain, counted = found
    expect(plain[:costs][:object]).to eq 0
    expect(counted[:costs][:object]).to be_between(1e-9, 1e-5)
    # More than half of 6,000 objects, whatever found no place.
    calls = counted[:costs].values_at(:ruby, :c).flatten.sum * 3_000
    expect(counted[:subtracted] + counted[:unexplained]).to be > (counted[:costs][:object] * 3_000) + (calls / 4)
  end

  it "are without what it takes to go on after another fiber" do
    found = run(<<~RUBY)
      def turns
        fiber = Fiber.new { Fiber.yield while true }
        2_000.times { fiber.resume }
      end
      profile = RubyProf.profile(c_calls: false) { turns }
      print Marshal.dump(facts(profile).merge(rest: profile.overhead.unexplained))
    RUBY
    expect(found[:costs][:switch]).to be_between(1e-10, 1e-5)
    # No other call was traced.
    switches = found[:costs][:switch] * 4_000
    expect(found[:subtracted] + found[:rest]).to be_between(switches * 0.9, switches * 1.1 + 5e-6)
  end

  it "are partly raw where a profile is merged of which no costs are known" do
    found = run(<<~RUBY)
      require "tempfile"
      raw = TracePoint.new(:call) { }.enable { RubyProf.profile { many } }
      files = [raw, RubyProf.profile { many }].map { |profile| Tempfile.new.tap { |file| profile.save(file.path) } }
      merged = RubyProf.merge(files.map(&:path))
      print Marshal.dump(facts(merged).merge(unknown: [raw, merged].map { |each| each.overhead.unknown_share },
                                             head: RubyProf::FlatPrinter.new(merged).print(+"")[/^Overhead: .*/]))
    RUBY
    expect(found[:known]).to be true
    expect(found[:unknown]).to match [1.0, be_within(0.02).of(0.5)]
    expect(found[:head]).to match(/ is subtracted, .*; unknown for [45]\d\.\d% of the calls, whose times are raw/)
  end

  it "are raw where costs cannot be measured, and the next profile tries again" do
    found = run(<<~RUBY)
      profiles = []
      TracePoint.new(:call) { }.enable { profiles << RubyProf.profile { many } }
      GC.stress = true
      profiles << RubyProf.profile { 1 }
      GC.stress = false
      profiles << RubyProf.profile { many }
      print Marshal.dump(profiles.map { |profile| facts(profile) })
    RUBY
    expect(found.map { |each| each[:known] }).to eq [false, false, true]
    expect(found.first[:total]).to eq found.first[:raw]
  end

  it "are raw where a program has made calls of its own of what is measured, and a timeout is not lost" do
    expect(run(<<~RUBY)).to eq [false, "timeout", true]
      require "timeout"
      late =
        begin
          Timeout.timeout(0.001) { RubyProf.profile(measure_mode: RubyProf::PROCESS_TIME, allow_exceptions: true) { sleep } }
        rescue Timeout::Error
          "timeout"
        end
      known = RubyProf.profile(measure_mode: RubyProf::PROCESS_TIME) { many }.overhead.known?
      class Integer
        def pred = raise("none")
      end
      print Marshal.dump([RubyProf.profile { many }.overhead.known?, late, known])
    RUBY
  end

  it "leave no trace of the calibration" do
    found = run(<<~RUBY)
      outer = RubyProf::Profile.new.start
      RubyProf.profile(measure_mode: RubyProf::PROCESS_TIME) { many }
      outer.stop
      print Marshal.dump(outer.threads.flat_map(&:methods).map(&:full_name) + [GC.stress.to_s])
    RUBY
    expect(found.join(" ")).not_to match(/Calibration|Programs|VMProbe/)
  end

  it "say where garbage was collected" do
    result = profile { CompensationFixtures::Worker.new.collect }
    collector = result.threads.flat_map(&:methods).find { |method| method.full_name == "<Module::GC>#start" }
    expect(collector.gc_time).to be_between(0, collector.self_time).and be > 0
    expect(collector.measurement.gc_time).to eq collector.gc_time
    expect(collector.call_trees.call_trees.sum(&:gc_time)).to be_within(1e-9).of(collector.gc_time)
    expect(result.threads.sum(&:gc_time)).to be >= collector.gc_time
    expect(method_info(profile_by_hand { CompensationFixtures::Worker.new.many }, "CompensationFixtures::Worker#many").gc_time).to eq 0
  end
end
