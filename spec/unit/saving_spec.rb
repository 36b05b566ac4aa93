# frozen_string_literal: true

require "tmpdir"

# Where Profile#save writes to, and what it leaves as it is.
RSpec.describe "Profile#save", stress: false do
  around { |example| Dir.mktmpdir { |directory| @directory = File.realpath(directory) and example.run } }

  def path(name = "one.rbprof")
    File.join(@directory, name)
  end

  # Other examples may have left threads.
  let(:profile) { RubyProf.profile(include_threads: [Thread.current]) { 3.times(&:to_s) } }

  it "keeps a file's mode" do
    File.write(path, "")
    File.chmod(0o640, path)
    profile.save(path)
    expect(format("%o", File.stat(path).mode & 0o7777)).to eq "640"
    if Process.uid.zero?
      File.chown(12_345, 54_321, path)
      profile.save(path)
      stat = File.stat(path)
      expect([stat.uid, stat.gid, stat.mode & 0o7777]).to eq [12_345, 54_321, 0o640]
    end
    profile.save(path("new"))
    expect(File.stat(path("new")).mode & 0o777).to eq(0o666 & ~File.umask)
  end

  it "writes what a symbolic link leads to" do
    Dir.mkdir(path("elsewhere"))
    ["there", "dangling"].each do |name|
      File.write(path("elsewhere/there"), "") if name == "there"
      File.symlink("elsewhere/#{name}", path(name))
      profile.save(path(name))
      expect([name, File.readlink(path(name))]).to eq [name, "elsewhere/#{name}"]
      expect(RubyProf.load(path("elsewhere/#{name}")).threads.size).to eq 1
    end
    File.symlink("round", path("round"))
    expect { profile.save(path("round")) }.to raise_error(RubyProf::OutputError, /Too many levels/)
  end

  it "writes into a pipe" do
    File.mkfifo(path("pipe"))
    reader = Thread.new { File.binread(path("pipe")) }
    profile.save(path("pipe"))
    expect(File.pipe?(path("pipe"))).to be true
    File.binwrite(path, reader.value)
    expect(RubyProf.load(path).threads.size).to eq 1
  end

  it "writes to a device" do
    script = <<~RUBY
      require "ruby-prof"
      profile = RubyProf.profile { 1.to_s }
      profile.save(File::NULL)
      $stdout.sync = true
      print "first"
      profile.save("/dev/stdout")
    RUBY
    File.symlink(File::NULL, path("null"))
    profile.save(path("null"))
    expect(File.symlink?(path("null"))).to be true
    # A pipe, and a file that the shell has opened.
    command = [RbConfig.ruby, "-I", File.join(GEM_ROOT, "lib"), "-e", script]
    system(*command, out: path("out"), exception: true)
    [IO.popen(command, "rb", &:read), File.binread(path("out"))].each do |output|
      expect(output).to start_with "first"
      File.binwrite(path, output.delete_prefix("first".b))
      expect(RubyProf.load(path).threads.size).to eq 1
    end
    expect(File.chardev?(File::NULL)).to be true
  end

  it "writes a file over where it cannot make another beside it" do
    long = path("#{"x" * 250}.rbprof"[0, 255])
    profile.save(long)
    expect(RubyProf.load(long).threads.size).to eq 1
    File.write(path, "old")
    # What root is not told by an unwritable directory.
    allow(File).to receive(:open).and_call_original
    allow(File).to receive(:open).with(%r{/\.rp-\h+\z}, any_args).and_raise(Errno::EACCES)
    profile.save(path)
    expect(RubyProf.load(path).threads.size).to eq 1
  end

  it "writes a file over that cannot be replaced, as one that is mounted" do
    File.write(path, "old")
    allow(File).to receive(:rename).and_raise(Errno::EBUSY)
    profile.save(path)
    expect(RubyProf.load(path).threads.size).to eq 1
    expect(Dir.children(@directory)).to eq ["one.rbprof"]
  end

  it "keeps the old file if the disk is full" do
    File.write(path, "old")
    script = <<~RUBY
      require "ruby-prof"
      Process.setrlimit(:FSIZE, 100)
      trap("XFSZ", "IGNORE")
      RubyProf.profile { 1.to_s }.save(ARGV[0])
    RUBY
    ended = ruby(script, path)
    expect(ended.stderr).to include("the profile cannot be saved as #{path}").and include("RubyProf::OutputError")
    expect([File.read(path), Dir.children(@directory)]).to eq ["old", ["one.rbprof"]]
  end

  it "may be called by several threads for one path" do
    errors = Queue.new
    Array.new(6) { Thread.new { 100.times { profile.save(path) } rescue errors << $! } }.each(&:join)
    expect(Array.new(errors.size) { errors.pop }).to eq []
    expect([RubyProf.load(path).threads.size, Dir.children(@directory)]).to eq [1, ["one.rbprof"]]
  end

  it "raises an OutputError for what is no name of a file" do
    ["~nobody-of-that-name/x", "a\0b"].each do |name|
      expect { profile.save(name) }.to raise_error(RubyProf::OutputError, /cannot be saved as .*It is kept/)
    end
  end

  it "raises an OutputError where the current directory is gone" do
    script = <<~RUBY
      require "ruby-prof"
      Dir.chdir(ARGV[0])
      Dir.rmdir(ARGV[0])
      RubyProf.profile { 1.to_s }.save("x")
    RUBY
    Dir.mkdir(path("gone"))
    expect(ruby(script, path("gone")).stderr).to include("the profile cannot be saved as x").and include("RubyProf::OutputError")
  end
end
