# frozen_string_literal: true

require "command"

RSpec.describe "--on-fork=merge", stress: false do
  include Command

  PROGRAM_OF_TWO = "fork { 5.times { |i| i.to_s } }; Process.waitall; 2.times { |i| i.to_s }"

  it "saves the sum, and nothing else" do
    [%w[--save m.rbprof], %w[--save m.rbprof -f m.txt]].each do |words|
      ended = ruby_prof("--on-fork=merge", *words, "-e", PROGRAM_OF_TWO)
      expect([ended.stderr, calls(ruby_prof("report", "m.rbprof").stdout, "Integer#to_s")]).to eq ["", 7]
    end
    expect(files).to eq %w[m.rbprof m.txt]
    expect(calls(read("m.txt"), "Integer#to_s")).to eq 7
  end

  it "says where the profile of a process is that ended too late" do
    late = "main = $$; fork { sleep 0.05 while Process.ppid == main; 5.times { |i| i.to_s } }"
    ended = ruby_prof("--on-fork=merge", "--save", "m.rbprof", "-e", late)
    expect(ended.stderr).to match(%r{\Aruby-prof: the profile of process (\d+) is in #{directory}/m\.\1\.rbprof\n\z})
    expect(calls(ruby_prof("report", *files("m.*.rbprof")).stdout, "Integer#to_s")).to eq 5
  end

  # A user's directory, or that of another program which is profiled.
  it "leaves a directory alone that it did not make" do
    file("theirs/precious.txt", "1")
    file("theirs/77.rbprof", "1")
    ended = auto("-e", PROGRAM_OF_TWO, env: { "RUBY_PROF_ON_FORK" => "merge", "RUBY_PROF_MERGE_DIR" => "#{directory}/theirs" })
    expect([ended.stderr, calls(ended.stdout, "Integer#to_s")]).to eq ["", 7]
    expect(files("theirs/*")).to eq %w[theirs/77.rbprof theirs/precious.txt]
  end

  it "leaves what others have put into its own" do
    scratch = File.join(directory, "scratch")
    Dir.mkdir(scratch)
    put = "File.write(Dir[ENV['TMPDIR'] + '/ruby-prof.*'][0] + '/precious.txt', '1')"
    ended = auto("-e", "#{put}; #{PROGRAM_OF_TWO}", env: { "RUBY_PROF_ON_FORK" => "merge", "TMPDIR" => scratch })
    expect([ended.stderr, calls(ended.stdout, "Integer#to_s")]).to eq ["", 7]
    expect(files("scratch/**/*").map { |name| File.basename(name) }).to eq ["precious.txt"]
    ended = auto("-e", PROGRAM_OF_TWO, env: { "RUBY_PROF_ON_FORK" => "merge", "TMPDIR" => (Dir.mkdir("#{scratch}/two") && "#{scratch}/two") })
    expect([ended.stderr, Dir.children("#{scratch}/two")]).to eq ["", []]
  end

  it "leaves no directory of a program that does not begin" do
    Dir.mkdir("#{directory}/scratch")
    { "FILE" => "no/such/file", "REQUIRE" => "no/such/library" }.each do |name, value|
      variables = { "RUBY_PROF_ON_FORK" => "merge", "TMPDIR" => "#{directory}/scratch", "RUBY_PROF_#{name}" => value }
      expect([auto("-e", "puts 1", env: variables).status.exitstatus, Dir.children("#{directory}/scratch")]).to eq [1, []]
    end
  end

  it "does without the TMPDIR that is missing" do
    ended = ruby_prof("--on-fork=merge", "-e", PROGRAM_OF_TWO, env: { "TMPDIR" => "#{directory}/missing" })
    expect([ended.stderr, calls(ended.stdout, "Integer#to_s")]).to eq ["", 7]
  end
end
