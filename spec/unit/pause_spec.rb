# frozen_string_literal: true

RSpec.describe RubyProf::Profile, "paused" do
  subject(:recorded) { by_hand }

  module PauseFixtures
    class Walk
      def pausing(profile)
        ManualClock.advance(1)
        profile.pause
        ManualClock.advance(1000)
        step
        profile.resume
        ManualClock.advance(2)
        step
      end

      def pause_only(profile)
        ManualClock.advance(1)
        profile.pause
        step
      end

      def resume_only(profile)
        step
        profile.resume
        ManualClock.advance(2)
      end

      def step
        ManualClock.advance(10)
      end

    end

    WALK = Walk.new
  end

  def walk(name)
    method_info(recorded, "PauseFixtures::Walk##{name}")
  end

  it "counts no call and no time" do
    recorded.start
    PauseFixtures::WALK.step
    recorded.pause
    3.times { PauseFixtures::WALK.step }
    ManualClock.advance(500)
    recorded.resume
    PauseFixtures::WALK.step
    recorded.stop
    expect(walk(:step).called).to eq 2
    expect(times(walk(:step))).to include total: 20, self: 20
    expect(times(recorded.threads.first.call_tree)).to include total: 20, self: 0
  end

  it "leaves the time out of the methods that go on meanwhile" do
    recorded.start
    PauseFixtures::WALK.pausing(recorded)
    recorded.stop
    expect(walk(:pausing).called).to eq 1
    expect(times(walk(:pausing))).to eq total: 13, self: 3, wait: 0, children: 10
    expect(walk(:step).called).to eq 1
  end

  it "may begin in one method and end in another" do
    recorded.start
    PauseFixtures::WALK.pause_only(recorded)
    ManualClock.advance(5000)
    PauseFixtures::WALK.resume_only(recorded)
    PauseFixtures::WALK.step
    recorded.stop
    expect(times(walk(:pause_only))).to include total: 1
    expect(recorded.threads.first.methods.map(&:method_name)).not_to include :resume_only
    expect(walk(:step)).to have_attributes(called: 1)
    expect(times(recorded.threads.first.call_tree)).to include total: 13
  end

  it "may be before anything was recorded" do
    recorded.start; recorded.pause; recorded.resume; PauseFixtures::WALK.step; recorded.stop
    expect(walk(:step).called).to eq 1
  end

  it "may be when the profile is stopped, which ends it" do
    recorded.start
    PauseFixtures::WALK.step
    recorded.pause
    PauseFixtures::WALK.step
    recorded.stop
    expect(recorded).to have_attributes(running?: false, paused?: false)
    expect(walk(:step).called).to eq 1
    expect(times(recorded.threads.first.call_tree)).to include total: 10
  end

  it "is no different when paused or resumed twice" do
    recorded.start
    2.times { recorded.pause }
    PauseFixtures::WALK.step
    2.times { recorded.resume }
    PauseFixtures::WALK.step
    recorded.stop
    expect(walk(:step).called).to eq 1
  end

  it "stays so across many pauses" do
    recorded.start
    10.times { PauseFixtures::WALK.pausing(recorded) }
    recorded.stop
    expect(walk(:pausing).called).to eq 10
    expect(times(walk(:pausing))).to include total: 130, self: 30
  end

  it "counts exactly what comes after a jump out of a pause" do
    recorded.start
    begin
      recorded.pause
      raise "while paused"
    rescue RuntimeError
      recorded.resume
    end
    PauseFixtures::WALK.step
    recorded.stop
    expect(walk(:step).called).to eq 1
    expect(times(recorded.threads.first.call_tree)).to include total: 10
  end

  describe "with a block for resume" do
    before do
      recorded.start
      recorded.pause
    end

    after { recorded.stop if recorded.running? }

    it "records the block only, and returns its value" do
      expect(recorded.resume { [PauseFixtures::WALK.step, :value] }).to eq [nil, :value]
      expect(recorded).to be_paused
      PauseFixtures::WALK.step
      recorded.stop
      expect(walk(:step).called).to eq 1
    end

    it "is paused again after an exception" do
      expect { recorded.resume { raise ArgumentError, "inside" } }.to raise_error(ArgumentError, "inside")
      expect(recorded).to be_paused
    end

    it "is paused again after a break" do
      expect([1].each { recorded.resume { break :broken } }).to eq [1]
      expect(recorded).to be_paused
    end

    it "may be stopped by the block" do
      recorded.resume { recorded.stop }
      expect(recorded).not_to be_running
    end
  end

  it "records nothing of threads and fibers that begin meanwhile" do
    recorded.start
    recorded.pause
    Thread.new { PauseFixtures::WALK.step }.join
    Fiber.new { PauseFixtures::WALK.step }.resume
    recorded.resume
    PauseFixtures::WALK.step
    recorded.stop
    expect(calls_of(recorded, "PauseFixtures::Walk#step")).to eq 1
  end

  it "tracks no allocations" do
    recorded = RubyProf::Profile.new(measure_mode: RubyProf::ALLOCATIONS)
    recorded.start
    recorded.pause
    Array.new(100) { Object.new }
    recorded.resume
    Object.new
    recorded.stop
    expect(recorded.threads.first.total_time).to be_between(1, 10)
  end
end
