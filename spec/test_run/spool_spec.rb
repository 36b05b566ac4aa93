# frozen_string_literal: true

require "ruby-prof/test_run"
require "ruby-prof/test_run/whole_run"

# The profiles of examples on disk, and as one.
RSpec.describe "the spool of a run", stress: false do
  run = RubyProf.send(:const_get, :TestRun)
  native = RubyProf.send(:const_get, :TestProfiles)

  class Spooled
    def work(times) = times.times { step(1) }
    def step(number) = number.succ
    def deep(left) = left.zero? ? 0 : deep(left - 1)
  end

  def recorded(&work)
    profile = RubyProf::Profile.new
    profile.start
    work.call
    profile.stop
  end

  def loaded(bytes)
    RubyProf::Profile.allocate.tap { |profile| profile._load_data(bytes) }
  end

  def called(profile)
    profile.threads.flat_map(&:methods).group_by(&:full_name).transform_values { |all| all.sum(&:called) }
  end

  it "takes a profile's numbers and leaves it empty" do
    profile = recorded { Spooled.new.work(3) }
    total = profile.threads.sum(&:total_time)
    bytes, nanoseconds, calls, objects = native.take(profile, [], [])
    expect(nanoseconds).to eq (total * 1e9).round
    expect(calls).to eq called(loaded(bytes)).sum { |_, count| count } - 1
    expect(objects).to be_nil
    expect(profile.threads).to eq []
    counted = RubyProf::Profile.new(measure_mode: RubyProf::ALLOCATIONS)
    counted.profile { Spooled.new }
    expect(native.take(counted, [], []).last).to be >= 1
  end

  it "refuses what is no profile, or still running" do
    expect { native.take(17, [], []) }.to raise_error(TypeError)
    expect { native.merge(["no profile"], 10) }.to raise_error(RubyProf::FormatError)
    objects = RubyProf::Profile.new(measure_mode: RubyProf::ALLOCATIONS).profile { 1 }
    expect { native.merge([objects._dump_data, recorded { 1 }._dump_data], 10) }.to raise_error(ArgumentError, /RUBY_PROF_MODE/)
  end

  [0, 1, 2, 3, 511, 512, 513, 2100].each do |count|
    it "makes one of #{count}" do
      spool = run::Spool.new
      one = recorded { Spooled.new.work(2) }._dump_data
      other = recorded { Spooled.new.deep(5) }._dump_data
      places = count.times.map { |index| spool.add(index.even? ? one : other) }
      places.first(3).each.with_index { |place, index| expect(spool.read(place)).to eq(index.even? ? one : other) }
      merged = spool.merged
      if count.zero?
        expect(merged).to be_nil
      else
        sums = called(loaded(merged))
        expect(sums["Spooled#step"]).to eq 2 * ((count + 1) / 2)
        expect(sums.fetch("Spooled#deep", 0)).to eq 6 * (count / 2)
        expect(spool.pruned).to be false
      end
    ensure
      spool.close
    end
  end

  it "leaves no file behind, and says so when there is no room" do
    ours = ->(directory) { Dir.children(directory).grep(/\Aruby-prof\.#{Process.pid}\./) }
    spool = run::Spool.new
    spool.add("x" * 100)
    expect([ENV["TMPDIR"], "/tmp", Dir.pwd].compact.flat_map(&ours)).to be_empty
    spool.close
    full = run::Spool.new(run::SpoolFiles.new([""]))
    expect { full.add("x" * 100_000) }.to raise_error(Errno::ENOSPC)
  end

  it "goes on elsewhere when a directory is full, or a file may not become larger" do
    files = run::SpoolFiles.new([nil, "/tmp", "/nowhere", Dir.pwd])
    spool = run::Spool.new(files)
    places = [spool.add("a" * 100)]
    opened = files.instance_variable_get(:@files)
    opened.last.define_singleton_method(:pwrite) { |*| raise Errno::EFBIG }
    places << spool.add("b" * 100)
    opened.last.define_singleton_method(:pwrite) { |bytes, offset| offset < 150 ? super(bytes.byteslice(0, 30), offset) : raise(Errno::ENOSPC) }
    places << spool.add("c" * 100)
    expect(places.map(&:first)).to eq [0, 1, 2]
    expect(places.map { |place| spool.read(place) }).to eq ["a" * 100, "b" * 100, "c" * 100]
    expect { spool.close }.not_to raise_error
  end

  it "is not where our own work is recorded" do
    output = run::Output.new("/nowhere")
    whole = run::WholeRun.new("None", run::Settings.new({ "RUBY_PROF" => "1" }), output)
    whole.boot
    outside = whole.instance_variable_get(:@outside)
    expect(whole.unprofiled { outside.paused? }).to be true
    expect(outside.paused?).to be false
    whole.abandon
    expect(outside.running?).to be false
  end

  it "keeps the costliest call paths of more than it may" do
    bytes = recorded { Spooled.new.deep(100) }._dump_data
    merged, pruned = native.merge([bytes, bytes], 50)
    expect(pruned).to be true
    rest = loaded(merged)
    expect(RubyProf.send(:const_get, :Report).call_paths(rest)).to eq 50
    expect(rest.threads.sum(&:total_time)).to be_within(1e-9).of(2 * loaded(bytes).threads.sum(&:total_time))
    expect(native.merge([bytes], 100_000).last).to be false
  end
end
