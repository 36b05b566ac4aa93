# frozen_string_literal: true

RSpec.describe RubyProf::Profile, "from start to stop" do
  subject(:profile) { described_class.new }

  it "returns itself from every step" do
    steps = [profile.start, profile.pause, profile.resume, profile.stop, profile.profile { 1.to_s }]
    expect(steps).to all equal(profile)
  end

  it "says whether it runs and whether it is paused" do
    states = %i[start pause resume stop].map do |step|
      profile.public_send(step)
      [profile.running?, profile.paused?]
    end
    expect(states).to eq [[true, false], [true, true], [true, false], [false, false]]
  end

  it "has no threads before it was stopped for the first time" do
    expect(profile.threads).to eq []
    profile.start
    1.to_s
    expect(profile.threads).to eq []
    profile.stop
    expect(profile.threads.size).to eq 1
  end

  it "records between start and stop only, and nothing of itself" do
    1.to_s
    profile.start
    2.floor
    profile.stop
    3.pred
    expect(method_names(profile)).to include "Integer#floor"
    expect(method_names(profile)).not_to include "Integer#to_s", "Integer#pred"
    expect(method_names(profile).grep(/RubyProf::|RubyProf>/)).to eq []
  end

  it "adds up what several runs record" do
    3.times { profile.profile { 1.to_s && 2.floor } }
    expect(profile.threads.size).to eq 1
    expect(calls_of(profile, "Integer#to_s")).to eq 3
    expect(calls_of(profile, "Integer#floor")).to eq 3
    expect(call_tree(profile, "Integer#to_s").called).to eq 3
  end

  it "adds up the times of several runs" do
    profile = by_hand
    2.times { |n| profile.profile { ManualClock.advance(10 + n) } }
    ManualClock.advance(1000)
    expect(times(profile.threads.first.call_tree)).to include total: 21, self: 21
  end

  it "keeps its threads apart from a later run's" do
    profile.profile { 1.to_s }
    before = profile.threads.first.methods.find { |method| method.full_name == "Integer#to_s" }
    profile.profile { 1.to_s }
    expect(before.called).to eq 1
    expect(calls_of(profile, "Integer#to_s")).to eq 2
  end

  it "can be stopped by its own block" do
    profile.profile do
      1.to_s
      profile.stop
      2.floor
    end
    expect(calls_of(profile, "Integer#to_s")).to eq 1
    expect(calls_of(profile, "Integer#floor")).to eq 0
  end

  it "runs beside another profile" do
    other = described_class.new
    profile.start
    1.to_s
    other.start
    2.floor
    profile.stop
    3.pred
    other.stop
    expect([profile, other].map { |each| method_names(each).grep(/Integer/) })
      .to eq [%w[Integer#to_s Integer#floor], %w[Integer#floor Integer#pred]]
  end

  it "outlives its Ruby object: its parts keep what they show" do
    methods = described_class.new.profile { 1.to_s }.threads.first.methods
    GC.start
    expect(methods.map(&:full_name)).to include "Integer#to_s"
  end

  it "keeps running although nothing refers to it", stress: false do
    described_class.new.start
    GC.start
    running = ObjectSpace.each_object(described_class).select(&:running?)
    expect(running.size).to eq 1
    running.each(&:stop)
  end

  it "keeps what was recorded when the program's Thread.list cannot be asked" do
    recorded = described_class.new.start
    1.to_s
    allow(Thread).to receive(:list).and_raise("not now")
    recorded.stop
    expect(method_names(recorded)).to include "Integer#to_s"
    expect(Thread).to have_received(:list).at_least(:once)
  end
end
