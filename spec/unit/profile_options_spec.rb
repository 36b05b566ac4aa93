# frozen_string_literal: true

RSpec.describe RubyProf::Profile, "options" do
  it "has ruby-prof's defaults" do
    profile = described_class.new
    expect(profile.measure_mode).to eq RubyProf::WALL_TIME
    expect(profile.track_allocations?).to be false
    expect(profile.c_calls?).to be true
    expect(profile.running?).to be false
    expect(profile.paused?).to be false
  end

  it "numbers and names the measure modes as ruby-prof does" do
    modes = [RubyProf::WALL_TIME, RubyProf::PROCESS_TIME, RubyProf::ALLOCATIONS]
    profiles = modes.map { |mode| described_class.new(measure_mode: mode) }
    expect(profiles.map(&:measure_mode)).to eq [0, 1, 2]
    expect(profiles.map(&:measure_mode_string)).to eq %w[wall_time process_time allocations]
    expect(profiles.map(&:measure_mode_name)).to eq ["Wall Time", "Process Time", "Allocations"]
  end

  it "takes keywords, a Hash, or a measure mode alone" do
    given = [
      described_class.new(measure_mode: RubyProf::ALLOCATIONS),
      described_class.new({ measure_mode: RubyProf::ALLOCATIONS }),
      described_class.new(RubyProf::ALLOCATIONS)
    ]
    expect(given.map(&:measure_mode_string)).to eq %w[allocations] * 3
  end

  it "takes a measure mode and threads to exclude, as ruby-prof 1.x" do
    profile = described_class.new(RubyProf::PROCESS_TIME, [Thread.current]).profile { 1.to_s }
    expect(profile.measure_mode_string).to eq "process_time"
    expect(profile.threads).to be_empty
  end

  it "tracks allocations when asked to, and always when it measures them" do
    expect(described_class.new(track_allocations: true).track_allocations?).to be true
    expect(described_class.new(measure_mode: RubyProf::ALLOCATIONS).track_allocations?).to be true
    expect(described_class.new(track_allocations: false).track_allocations?).to be false
  end

  it "takes merge_fibers, which is all over old code" do
    expect(described_class.new(merge_fibers: true, include_threads: nil).measure_mode).to eq RubyProf::WALL_TIME
  end

  it "leaves out C methods with c_calls: false" do
    recorded = profile(c_calls: false) { [3, 1].sort }
    expect(recorded.c_calls?).to be false
    expect(method_names(recorded)).to contain_exactly "Profiling#profile"
  end

  describe "of threads" do
    def in_thread
      Thread.new { 3.to_s.to_sym }.join
    end

    it "records all by default" do
      recorded = profile { in_thread }
      expect(recorded.threads.size).to eq 2
      expect(calls_of(recorded, "Integer#to_s")).to eq 1
    end

    it "records only those included" do
      recorded = profile(include_threads: [Thread.current]) { in_thread }
      expect(recorded.threads.map(&:id)).to eq [Thread.current.object_id]
      expect(method_names(recorded)).not_to include "Integer#to_s"
      expect(method_names(recorded)).to include "Thread#join"
    end

    it "records none of those excluded, and tries include_threads first" do
      both = profile(include_threads: [Thread.current], exclude_threads: [Thread.current]) { in_thread }
      without = profile(exclude_threads: [Thread.current]) { in_thread }
      expect(both.threads).to be_empty
      expect(without.threads.size).to eq 1
      expect(calls_of(without, "Integer#to_s")).to eq 1
    end
  end

  it "makes instances of a subclass, whatever its own initialize takes" do
    heir = Class.new(described_class) do
      attr_reader :note

      def initialize(note = nil)
        super(measure_mode: RubyProf::ALLOCATIONS)
        @note = note
      end
    end
    expect(heir.new("a note").note).to eq "a note"
    expect(heir.profile { 1.to_s }).to be_a(heir).and have_attributes(measure_mode_string: "allocations")
  end

  it "says what it is without running anything of the program" do
    profile = described_class.new
    expect(profile.inspect).to eq "#<RubyProf::Profile wall_time (not started)>"
    profile.start
    expect(profile.inspect).to include "running"
    profile.pause
    expect(profile.inspect).to include "paused"
    expect(profile.stop.inspect).to include "finished"
  end
end
