# frozen_string_literal: true

require "tmpdir"
require "pathname"

# Profiles as files and through Marshal.
RSpec.describe "saved profiles" do
  around { |example| Dir.mktmpdir { |directory| @directory = directory and example.run } }

  def path(name = "one.rbprof")
    File.join(@directory, name)
  end

  def facts(profile)
    profile.threads.map do |thread|
      methods = thread.methods.map do |method|
        [method.full_name, method.klass_flags, method.source_file, method.line, method.called, method.total_time, method.self_time,
         method.wait_time, method.recursive?, method.allocations.map { |made| [made.klass_name, made.count, made.memory, made.line] }]
      end
      [thread.id, thread.fiber_id, methods]
    end
  end

  def page(profile)
    RubyProf::GraphHtmlPrinter.new(profile).print(+"").gsub(/\d+:\d+:\d+ [AP]M/, "")
  end

  def nest(levels)
    levels.zero? ? 0 : nest(levels - 1)
  end

  let(:profile) do
    RubyProf.profile(track_allocations: true) do
      nest(5)
      Thread.new { [3, 1].sort.map(&:to_s) }.join
      Fiber.new { nest(2) }.resume
    end
  end

  it "are what was recorded" do
    expect(profile.save(path)).to equal profile
    loaded = RubyProf.load(path)
    expect(facts(loaded)).to eq facts(profile)
    expect(page(loaded)).to eq page(profile)
    expect([loaded.measure_mode, loaded.track_allocations?, loaded.c_calls?, loaded.running?]).to eq [0, true, true, false]
    expect(Dir.children(@directory)).to eq ["one.rbprof"]
  end

  it "keep the measure mode, and take a Pathname" do
    RubyProf.profile(measure_mode: RubyProf::MEMORY, c_calls: false) { Array.new(3) }.save(Pathname(path))
    loaded = RubyProf.load(Pathname(path))
    expect([loaded.measure_mode_string, loaded.c_calls?]).to eq ["memory", false]
  end

  # Defects 4 and 11 of ruby-prof 2.0.5: flat printing of a loaded profile, deep trees.
  it "go through Marshal, however deep" do
    deep = RubyProf.profile { nest(5_000) }
    loaded = Marshal.load(Marshal.dump(deep))
    expect(facts(loaded)).to eq facts(deep)
    expect(RubyProf::FlatPrinter.new(loaded).print(+"")).to include "#nest"
  end

  it "go through Marshal as threads, and in subclasses" do
    thread = Marshal.load(Marshal.dump(profile.threads[1]))
    expect(thread.methods.map(&:full_name)).to eq profile.threads[1].methods.map(&:full_name)
    expect(thread.methods.map(&:total_time)).to eq profile.threads[1].methods.map(&:total_time)
    stub_const("Ours", Class.new(RubyProf::Profile))
    expect(Marshal.load(Marshal.dump(Ours.new.profile { nest(1) }))).to be_a Ours
  end

  it "may be made by hand" do
    tree = RubyProf::CallTree.new(RubyProf::MethodInfo.new(String, :size))
    tree.measurement.self_time = 3
    made = RubyProf::Profile.new
    made.add_thread(RubyProf::Thread.new(tree, Thread.current, Fiber.new { nil }))
    made.save(path)
    expect(RubyProf.load(path).threads[0].call_tree.self_time).to eq 3.0
  end

  it "can be recorded into again" do
    profile.save(path)
    loaded = RubyProf.load(path)
    loaded.profile { nest(1) }
    called = loaded.threads.sum { |thread| thread.methods.sum { |method| method.full_name.end_with?("#nest") ? method.called : 0 } }
    expect(called).to eq 6 + 3 + 2
  end

  it "of several processes are one" do
    profile.save(path)
    script = "require 'ruby-prof'; def nest(n) = n.zero? ? 0 : nest(n - 1); RubyProf.profile { nest(3) }.save(ARGV[0])"
    system(RbConfig.ruby, "-I", File.expand_path("../../lib", __dir__), "-e", script, path("two.rbprof"), exception: true)
    whole = RubyProf.merge(path, path("two.rbprof"))
    totals = [path, path("two.rbprof")].sum { |one| RubyProf.load(one).threads.sum(&:total_time) }
    expect(whole.threads.sum(&:total_time)).to be_within(1e-6).of(totals)
    names = whole.threads.flat_map { |thread| thread.methods.map(&:full_name) }
    expect(names).to include("Object#nest")
    expect(RubyProf.merge([path, path], by: :all).threads.size).to eq 1
    calls = ->(one) { one.threads.sum { |thread| thread.call_tree.called } }
    expect(calls[RubyProf.merge(path, path)]).to eq 2 * calls[profile]
  end

  it "of different kinds are not" do
    profile.save(path)
    RubyProf.profile(measure_mode: RubyProf::ALLOCATIONS) { nest(1) }.save(path("two"))
    expect { RubyProf.merge(path, path("two")) }.to raise_error(ArgumentError, /one has wall_time, another allocations/)
    expect { RubyProf.merge }.to raise_error(ArgumentError, /nothing to merge/)
    expect { RubyProf.merge(path, by: :fiber) }.to raise_error(ArgumentError, /by :root, by :thread/)
  end

  it "say what is wrong with them" do
    File.write(path, "hello")
    expect { RubyProf.load(path) }.to raise_error(RubyProf::FormatError, /one\.rbprof: this is no profile file/)
    profile.save(path)
    File.truncate(path, 100)
    expect { RubyProf.load(path) }.to raise_error(RubyProf::FormatError, /one\.rbprof: /)
    expect { RubyProf.load(path("none")) }.to raise_error(Errno::ENOENT)
    expect { RubyProf::Profile.allocate._load_data({}) }.to raise_error(RubyProf::FormatError, /ruby-prof's own dumps/)
    expect { profile._load_data(+"") }.to raise_error(StandardError)
    expect(profile.threads.size).to eq 3
  end

  # Longer than the memory there may be.
  it "that are something else are not read on" do
    File.open(path("huge"), "wb") { |file| file.truncate(5_000_000_000_000) }
    expect { RubyProf.load(path("huge")) }.to raise_error(RubyProf::FormatError, /huge: this is no profile file/)
    profile.save(path)
    # What the header says of the length is not believed.
    header = File.binread(path, 32)
    header[12, 8] = [1 << 60].pack("Q<")
    require "zlib"
    File.binwrite(path("long"), header + [Zlib.crc32(header)].pack("V"))
    expect { RubyProf.load(path("long")) }.to raise_error(RubyProf::FormatError, /long: this profile file is not complete: it ends after 36 of \d+ bytes/)
    File.binwrite(path("more"), "#{File.binread(path)}x")
    expect { RubyProf.load(path("more")) }.to raise_error(RubyProf::FormatError, /goes on after its end/)
    File.binwrite(path("short"), File.binread(path, 20))
    expect { RubyProf.load(path("short")) }.to raise_error(RubyProf::FormatError, /ends after 20 bytes, within its header/)
  end

  it "that need more memory than there is end in an error that can be rescued" do
    File.open(path, "wb") do |file|
      length = 600 << 20
      header = "\x89RbPr\r\n\x1a".b + [1, length, length, 0].pack("VQ<Q<V")
      require "zlib"
      file.write(header, [Zlib.crc32(header)].pack("V"))
      file.truncate(36 + length)
    end
    script = "require 'ruby-prof'; begin; RubyProf.load(ARGV[0]); rescue NoMemoryError; puts 'rescued'; end"
    output = [400, 1500].map do |megabytes|
      IO.popen([RbConfig.ruby, "-I", File.expand_path("../../lib", __dir__), "-e", script, path, { rlimit_as: megabytes << 20, err: %i[child out] }], &:read)
    end
    expect(output).to eq ["rescued\n"] * 2
  end

  it "are read from a pipe" do
    reader, writer = IO.pipe
    bytes = profile._dump_data
    Thread.new { writer.write(bytes) && writer.close }
    expect(RubyProf.load("/dev/fd/#{reader.fileno}").threads.size).to eq 3
  ensure
    reader&.close
  end

  it "cannot be written where nothing can, or while running" do
    expect { profile.save(path("no/where")) }.to raise_error(RubyProf::OutputError, /cannot be saved as .*no.where.*It is kept/)
    expect { RubyProf.start.save(path) }.to raise_error(ArgumentError, /still running/)
    expect(Dir.children(@directory)).to eq []
  ensure
    RubyProf.stop if RubyProf.running?
  end
end
