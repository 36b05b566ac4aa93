# frozen_string_literal: true

require "find"
require "tmpdir"

# What calls cost, kept from process to process.
RSpec.describe "cached costs", stress: false do
  around { |example| Dir.mktmpdir { |directory| (@directory = directory) && example.run } }

  attr_reader :directory

  # The facts of a process's first profile: where its costs come from, when they were measured, and what they are.
  def first_profile(mode: "WALL_TIME", env: {}, **options)
    script = <<~RUBY
      require "ruby-prof"
      profile = RubyProf.profile(measure_mode: RubyProf::#{mode}, **#{options}) { 100.times { |number| number.pred } }
      overhead = profile.overhead
      $stdout.binmode.write(Marshal.dump([overhead.source, overhead.measured_at, overhead.costs, overhead.uncertainty / overhead.subtracted]))
    RUBY
    result = ruby(script, env: { "RUBY_PROF_CACHE" => directory }.merge(env))
    expect([result.stderr, result.status.success?]).to eq ["", true]
    Marshal.load(result.stdout.b)
  end

  def files = Find.find(directory).select { |path| File.file?(path) }

  # Costs that every sample is near enough to: their uncertainty is all they are.
  def keep(path = files.fetch(0))
    content = File.read(path)
    yield content if block_given?
    File.write(path, content.sub(/, \d+\]\}/, ", 1000000]}"))
  end

  # Written even if the machine was too busy for it.
  def kept(**options)
    20.times { first_profile(**options) if files.empty? }
    keep
  end

  it "are those of an earlier process, with all that was known" do
    kept
    content = File.read(files.fetch(0))
    costs = content[/"costs": \[(.*)\]/, 1].split(", ").map { |number| Integer(number) / 1e12 }
    source, measured_at, found, = first_profile
    expect(source).to eq :cached
    expect(measured_at).to eq Time.at(Integer(content[/"measured_at": (\d+)/, 1]))
    expect(found.values.flatten).to eq costs.first(9)
    expect(File.stat(files.fetch(0)).mode & 0o777).to eq 0o600
    expect(File.read(files.fetch(0))).to eq content
  end

  it "are as uncertain as they were, or more" do
    kept
    expect(first_profile.last).to be >= 0.99
  end

  it "are measured anew for another mode, other operators, another Ruby, machine or build" do
    kept
    expect(first_profile(mode: "PROCESS_TIME").first).to eq :measured
    expect(first_profile(operators: true).first).to eq :measured
    expect(first_profile(track_allocations: true).first).to eq :measured
    files.each { |path| keep(path) { |content| content.sub!(/ruby \d/, "ruby 1") } }
    expect(first_profile.first).to eq :measured
  end

  it "are measured anew if they are old, or of the future" do
    kept
    [-8 * 24 * 3_600, 3_600].each do |seconds|
      keep { |content| content.sub!(/(?<="measured_at": )\d+/, (Time.now.to_i + seconds).to_s) }
      expect(first_profile.first).to eq :measured
      kept
    end
  end

  it "are measured anew if a sample is farther from them than their uncertainty" do
    kept
    content = File.read(files.fetch(0)).sub(/\[.*\]/, "[9000000, 9000000, 9000000, 9000000, 1, 1, 1, 1, 1, 200000]")
    File.write(files.fetch(0), content)
    source, _, costs, = first_profile
    expect(source).to eq :measured
    expect(costs[:ruby].sum).to be < 9e-6
  end

  it "are measured where the file is none, and replace it" do
    kept
    path = files.fetch(0)
    good = File.read(path)
    ["", "\0" * 9_000, "{}", good[0..-3], good.sub("[", "[x"), good.sub(/\[.*\]/, "[1, 2]"), good.sub(/\[\d+/, "[99999999999999999999"),
     good.sub("calibration", "\xff")].each do |content|
      File.binwrite(path, content)
      expect(first_profile.first).to eq(:measured), content
    end
  end

  it "are not read through links, from directories, or where others may write" do
    kept
    path = files.fetch(0)
    File.chmod(0o666, path)
    expect(first_profile.first).to eq :measured
    elsewhere = File.join(directory, "elsewhere")
    kept
    File.rename(path, elsewhere)
    File.symlink(elsewhere, path)
    expect(first_profile.first).to eq :measured
    File.unlink(path)
    Dir.mkdir(path)
    expect(first_profile.first).to eq :measured
    expect(Dir.children(directory).grep(/\.\d+\.\d+\z/)).to be_empty
  end

  it "are measured, and nothing is said, where nothing can be kept" do
    file = File.join(directory, "file")
    File.write(file, "")
    ["0", File.join(file, "below"), "/proc/nothing/here", "~nobody-of-that-name"].each do |cache|
      expect(first_profile(env: { "RUBY_PROF_CACHE" => cache }).first).to eq :measured
    end
    nowhere = { "RUBY_PROF_CACHE" => nil, "HOME" => nil, "XDG_CACHE_HOME" => "relative" }
    expect(first_profile(env: nowhere).first).to eq :measured
    expect(files).to eq [file]
  end

  it "are below the cache directory of the system's user" do
    home = { "RUBY_PROF_CACHE" => nil, "XDG_CACHE_HOME" => nil, "HOME" => File.join(directory, "home") }
    first_profile(env: home)
    expect(Dir.children(directory)).to be_empty
    Dir.mkdir(home.fetch("HOME"))
    20.times { first_profile(env: home) if files.empty? }
    expect(files.map { |path| File.dirname(path) }).to eq [File.join(directory, "home/.cache/ruby-prof-rs")]
    FileUtils.rm_r(home.fetch("HOME"))
    20.times { first_profile(env: home.merge("XDG_CACHE_HOME" => File.join(directory, "xdg"))) if files.empty? }
    expect(files.map { |path| File.dirname(path) }).to eq [File.join(directory, "xdg/ruby-prof-rs")]
  end

  it "can be written by many processes at once" do
    sources = Array.new(4) { Thread.new { first_profile.first } }.map(&:value)
    expect(sources).to all(eq(:measured).or(eq(:cached)))
    expect(files.size).to be <= 1
    kept
    expect(first_profile.first).to eq :cached
  end

  it "of a file are not this process's" do
    path = File.join(directory, "saved")
    expect(ruby("require 'ruby-prof'; RubyProf.profile { 1.pred }.save(#{path.dump})")).to be_success
    overhead = RubyProf.load(path).overhead
    expect([overhead.known?, overhead.source, overhead.measured_at]).to eq [true, nil, nil]
  end
end
