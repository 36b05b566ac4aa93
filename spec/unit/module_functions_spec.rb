# frozen_string_literal: true

RSpec.describe RubyProf, "module functions" do
  after do
    described_class.measure_mode = RubyProf::WALL_TIME
    described_class.exclude_threads = []
  end

  it "starts, pauses, resumes and stops one profile" do
    started = described_class.start
    expect(described_class.running?).to be true
    1.to_s
    described_class.pause
    2.pred
    described_class.resume
    3.pred
    stopped = described_class.stop
    expect(described_class.running?).to be false
    expect(stopped).to equal(started).and be_a(RubyProf::Profile)
    expect(method_names(stopped).grep(/Integer/)).to eq %w[Integer#to_s Integer#pred]
  end

  it "makes a new profile at each start" do
    first = described_class.start && described_class.stop
    second = described_class.start && described_class.stop
    expect(first).not_to equal second
  end

  it "profiles a block and returns the profile" do
    result = described_class.profile { 1.to_s }
    expect(result).to be_a RubyProf::Profile
    expect(calls_of(result, "Integer#to_s")).to eq 1
    expect(described_class.running?).to be false
  end

  it "passes options on, as keywords or a Hash" do
    modes = [
      described_class.profile(measure_mode: RubyProf::ALLOCATIONS) { 1 },
      described_class.profile({ measure_mode: RubyProf::ALLOCATIONS, merge_fibers: true }) { 1 },
      described_class.profile(RubyProf::ALLOCATIONS) { 1 }
    ]
    expect(modes.map(&:measure_mode)).to eq [RubyProf::ALLOCATIONS] * 3
  end

  it "lets another profile start within its block" do
    inner = nil
    outer = described_class.profile do
      described_class.start
      1.to_s
      inner = described_class.stop
    end
    expect([outer, inner].map { |profile| calls_of(profile, "Integer#to_s") }).to eq [1, 1]
  end

  it "ignores a block given to resume" do
    described_class.start
    described_class.pause
    expect(described_class.resume { raise "not called" }).to be_a RubyProf::Profile
    described_class.stop
  end

  it "returns the profile from stop although it was stopped already" do
    profile = described_class.start
    profile.stop
    expect(described_class.running?).to be false
    expect(described_class.stop).to equal profile
  end

  it "has a measure mode that is used from then on, unless a profile says otherwise" do
    expect(described_class.measure_mode).to eq RubyProf::WALL_TIME
    described_class.measure_mode = RubyProf::PROCESS_TIME
    expect(described_class.profile { 1 }.measure_mode_string).to eq "process_time"
    expect(described_class.start.stop.measure_mode_string).to eq "process_time"
    expect(described_class.stop.measure_mode_string).to eq "process_time"
    expect(described_class.profile(measure_mode: RubyProf::ALLOCATIONS) { 1 }.measure_mode_string).to eq "allocations"
  end

  it "has threads to exclude that are used from then on" do
    expect(described_class.exclude_threads).to eq []
    described_class.exclude_threads = [Thread.current]
    expect(described_class.exclude_threads).to eq [Thread.current]
    expect(described_class.profile { 1.to_s }.threads).to be_empty
  end

  it "has the version of the gem" do
    expect(described_class::VERSION).to match(/\A\d+\.\d+\.\d+/)
  end
end
