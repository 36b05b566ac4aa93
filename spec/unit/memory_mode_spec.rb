# frozen_string_literal: true

# The measure mode MEMORY: bytes of new objects.
RSpec.describe "the measure mode MEMORY" do
  def memory(**options, &block)
    RubyProf.profile(measure_mode: RubyProf::MEMORY, **options, &block)
  end

  def of(profile, name)
    profile.threads.flat_map(&:methods).find { |method| method.full_name == name }
  end

  it "counts what its maker gave an object" do
    profile = memory do
      ["x" * 100_000, 2**100_000]
      Array.new(10_000)
      String.new(capacity: 50_000)
    end
    expect(of(profile, "String#*").self_time).to be_between(100_000, 100_100)
    # Ruby 3.3 and later have a new of their own for some classes.
    made = profile.threads[0].methods.select { |method| method.method_name == :new }
    expect(made.sum(&:total_time)).to be_between(130_000, 131_500)
    expect(of(profile, "Integer#**").self_time).to be_between(12_500, 80_000)
    expect([profile.measure_mode, profile.measure_mode_string, profile.measure_mode_name]).to eq [3, "memory", "Memory"]
  end

  it "counts a slot where an object has no more" do
    profile = memory { 100.times { Object.new } }
    expect(of(profile, "Class#new").self_time).to be_between(4_000, 4_100)
  end

  it "does not count what is made, or grows, while paused" do
    profile = RubyProf::Profile.new(measure_mode: RubyProf::MEMORY)
    profile.start
    text = +"short"
    profile.pause
    text << ("x" * 100_000)
    profile.resume
    text.upcase!
    profile.stop
    expect(profile.threads[0].total_time).to be < 2_000
  end

  it "is shown by every line that makes objects" do
    profile = memory(track_allocations: true) { Array.new(3) { |number| number.to_s * 1_000 } }
    made = profile.threads[0].methods.flat_map(&:allocations).select { |one| one.klass_name == "String" }
    expect(made.sum(&:memory)).to be_between(3 * 1_000, (3 * 1_100) + 400)
    expect(made.sum(&:count)).to eq 6
    expect(RubyProf.profile { "a".dup }.threads[0].methods.flat_map(&:allocations)).to eq []
  end

  it "is printed with its unit" do
    profile = memory { "x" * 1_000 }
    expect(RubyProf::FlatPrinter.new(profile).print(+"")).to include("Measure Mode: memory", "total(B)", "Bytes allocated in the method itself")
    expect(RubyProf::GraphHtmlPrinter.new(profile).print(+"")).to match(/\d kB|\d B/)
    expect(RubyProf::FlatPrinter.new(profile).print(+"", min_time: 900)).not_to include "0.000"
  end

  # It is kept until the next object is made: no longer than that.
  it "keeps no object alive" do
    profile = RubyProf::Profile.new(measure_mode: RubyProf::MEMORY)
    profile.start
    freed = false
    Thread.new { ObjectSpace.define_finalizer(Object.new, proc { freed = true }) }.join
    Array.new(100) { +"" }
    profile.stop
    5.times { GC.start }
    expect(freed).to be true
  end
end
