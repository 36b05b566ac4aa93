# frozen_string_literal: true

require "command"

RSpec.describe "ruby-prof -- COMMAND", stress: false do
  include Command

  # A Ruby program on the PATH, as RubyGems and Bundler make them.
  def executable(name, content)
    path = file("bin/#{name}", content)
    File.chmod(0o755, path)
    path
  end

  def path
    { "PATH" => "#{directory}/bin:#{File.dirname(RbConfig.ruby)}:#{ENV.fetch("PATH")}" }
  end

  it "finds a Ruby program on the PATH" do
    executable("tool", "#!/usr/bin/env ruby\ndef work = p([$0, ARGV])\nwork\nexit 3\n")
    ended = ruby_prof("-f", "report.txt", "--", "tool", "-a", "--", "b", env: path)
    expect([ended.stdout, ended.stderr]).to eq [%(["#{directory}/bin/tool", ["-a", "--", "b"]]\n), ""]
    expect(ended.status.exitstatus).to eq 3
    expect(calls(read("report.txt"), "Object#work")).to eq 1
  end

  it "runs ruby itself, and rake" do
    expect(calls(ruby_prof("--", "ruby", "-e", "def work = 1; work").stdout, "Object#work")).to eq 1
    file("Rakefile", "def work = 1\ntask(:job) { work }\n")
    expect(calls(ruby_prof("--", "rake", "job").stdout, "Object#work")).to eq 1
  end

  it "follows a program that replaces itself" do
    file("last.rb", "def work = puts(ARGV)\nwork")
    executable("first", "#!/usr/bin/env ruby\nexec 'ruby', 'last.rb', 'a'\n")
    ended = ruby_prof("-f", "report.txt", "--", "first", env: path)
    expect([ended.stdout, ended.stderr]).to eq ["a\n", ""]
    expect(calls(read("report.txt"), "Object#work")).to eq 1
    expect(files("report*")).to eq ["report.txt"]
  end

  it "profiles the Ruby programs that another program starts, each into a file of its own" do
    file("work.rb", "def work = 1\nwork")
    ended = ruby_prof("-f", "report.txt", "--", "sh", "-c", "ruby work.rb; ruby work.rb; true")
    expect(ended.stderr).to start_with "ruby-prof: sh is no Ruby program"
    expect(files("report*").length).to eq 2
    expect(files("report*")).to all match(/\Areport\.\d+\.txt\z/)
    expect(files("report*").map { |name| calls(read(name), "Object#work") }).to eq [1, 1]
  end

  it "works from a directory with a space in its name" do
    library = File.join(directory, "a library")
    FileUtils.ln_s(Command::LIBRARY, library)
    stdout, = Open3.capture2(Subprocess::CLEAN, RbConfig.ruby, "-I", library, Command::EXE, "--", "ruby", "-e", "def work = 1; work")
    expect(calls(stdout, "Object#work")).to eq 1
  end

  it "says that there is no such command" do
    ended = ruby_prof("--", "no-such-command")
    expect([ended.stdout, ended.stderr, ended.status.exitstatus]).to eq ["", "ruby-prof: no-such-command: command not found\n", 127]
    file("plain", "")
    expect(ruby_prof("--", "./plain").status.exitstatus).to eq 0 # A file that is no command is a script.
    expect(ruby_prof("--", "./nothing").status.exitstatus).to eq 127
  end

  it "is what a script's name suggests that is not there" do
    executable("tool", "#!/usr/bin/env ruby\n")
    expect(ruby_prof("tool", env: path).stderr).to include "to run the command of that name: ruby-prof -- tool"
  end

  it "runs rspec" do
    file("spec/a_spec.rb", "def work = 1\nRSpec.describe('a') { it('b') { work; expect(work).to eq 2 } }\n")
    ended = ruby_prof("-f", "report.txt", "--", "rspec")
    expect(ended.stdout).to include "1 example, 1 failure"
    expect(ended.status.exitstatus).to eq 1
    expect(calls(read("report.txt"), "Object#work")).to eq 2
  end
end
