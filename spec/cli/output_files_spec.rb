# frozen_string_literal: true

require "command"

# What is written over, what is not, and where things go if they cannot go where they should.
RSpec.describe "ruby-prof's output files", stress: false do
  include Command

  # @return [Integer, nil] the exit status; what was said must be one sentence
  def refused(ended)
    expect(ended.stderr.lines.length).to eq(1), ended.stderr
    expect(ended.stderr).to start_with "ruby-prof: "
    expect(ended.stdout).to eq ""
    ended.status.exitstatus
  end

  it "are not the program, and not each other" do
    file("s.rb", "puts :ran\n")
    File.symlink("s.rb", File.join(directory, "link.rb"))
    File.link(File.join(directory, "s.rb"), File.join(directory, "hard.rb"))
    [%w[-f s.rb s.rb], %w[--save s.rb s.rb], %w[--save link.rb s.rb], %w[-f ./hard.rb s.rb], %w[-f s.rb -- s.rb]].each do |words|
      ended = ruby_prof(*words)
      expect([words, refused(ended)]).to eq [words, 1]
      expect(ended.stderr).to include "it is the program itself"
    end
    [%w[--save c -f c], %w[--save c -f ./x/../c], %w[--save c.%p -f c.%p]].each do |words|
      expect(refused(ruby_prof(*words, "s.rb"))).to eq 1
    end
    expect(refused(auto("s.rb", env: { "RUBY_PROF_FILE" => "s.rb" }))).to eq 1
    expect(refused(auto("s.rb", env: { "RUBY_PROF_FILE" => "c", "RUBY_PROF_SAVE" => "c" }))).to eq 1
    expect([read("s.rb"), files]).to eq ["puts :ran\n", %w[hard.rb link.rb s.rb]]
    expect(ruby_prof("--save", File::NULL, "-f", File::NULL, "s.rb").stdout).to eq "ran\n"
  end

  it "are not a profile that is printed" do
    ruby_prof("--save", "b.rbprof", "-e", "1.to_s")
    before = File.binread(File.join(directory, "b.rbprof"))
    expect(refused(ruby_prof("report", "b.rbprof", "-f", "b.rbprof"))).to eq 1
    expect(File.binread(File.join(directory, "b.rbprof"))).to eq before
    expect(ruby_prof("merge", "b.rbprof", "b.rbprof", "-f", "b.rbprof").status.exitstatus).to eq 0
    expect(calls(ruby_prof("report", "b.rbprof").stdout, "Integer#to_s")).to eq 2
  end

  it "leave a symbolic link that leads nowhere" do
    File.symlink("target", File.join(directory, "link"))
    expect(ruby_prof("--save", "link", "-e", "exit!").stderr).to eq ""
    expect(File.readlink(File.join(directory, "link"))).to eq "target"
    ruby_prof("--save", "link", "-e", "1.to_s")
    expect(ruby_prof("report", "target").stdout).to include "Integer#to_s"
  end

  it "are elsewhere if saving fails in the end" do
    ended = ruby_prof("--save", "d/s.rbprof", "-e", "Dir.rmdir('d'); puts :ran", env: (Dir.mkdir(File.join(directory, "d")) && {}))
    expect([ended.stdout, ended.status.exitstatus]).to eq ["ran\n", 0]
    expect(ended.stderr.lines.first).to match(%r{\Aruby-prof: the profile could not be saved to .*d/s.rbprof: No such file or directory})
    name = files("ruby-prof.*.rbprof").first
    expect(ended.stderr.lines.last).to eq "ruby-prof: the profile is saved in #{directory}/#{name}; print it with: ruby-prof report #{directory}/#{name}\n"
    expect(ruby_prof("report", name).stdout).to include "<Class::Dir>#rmdir"
  end

  it "are saved under the longest names" do
    name = "x" * 255
    ruby_prof("--save", name, "-e", "1.to_s")
    expect(ruby_prof("report", name).stdout).to include "Integer#to_s"
    expect(refused(ruby_prof("--save", "x" * 256, "-e", "puts 1"))).to eq 1
  end

  it "have no name that begins with ~ and nobody" do
    %w[-f --save].each do |word|
      ended = ruby_prof(word, "~nobody-here/x", "-e", "puts 1")
      expect(refused(ended)).to eq 1
      expect(ended.stderr).to include "cannot write to ~nobody-here/x: user nobody-here doesn't exist"
    end
    %w[FILE SAVE].each { |name| expect(refused(auto("-e", "puts 1", env: { "RUBY_PROF_#{name}" => "~nobody-here/x" }))).to eq 1 }
    ruby_prof("--save", "b.rbprof", "-e", "1.to_s")
    expect(refused(ruby_prof("report", "b.rbprof", "-f", "~nobody-here/x"))).to eq 1
    expect(refused(ruby_prof("merge", "b.rbprof", "-f", "~nobody-here/x"))).to eq 1
    ruby_prof("--save", "m.rbprof", "--mode=memory", "-e", "1.to_s")
    expect(refused(ruby_prof("report", "b.rbprof", "m.rbprof"))).to eq 1
    expect(refused(ruby_prof("merge", "b.rbprof", "m.rbprof", "-f", "sum"))).to eq 1
  end

  it "need a current directory only if their names are relative" do
    Dir.mkdir(File.join(directory, "gone"))
    script = "Dir.chdir('gone'); Dir.rmdir('../gone'); exec(*ARGV)"
    command = [RbConfig.ruby, "-rruby-prof/auto", "-e", "1.to_s"]
    ended = plain_ruby("-e", script, *command, env: { "RUBYLIB" => Command::LIBRARY, "RUBY_PROF_FILE" => "#{directory}/r.txt" })
    expect([ended.stderr, calls(read("r.txt"), "Integer#to_s")]).to eq ["", 1]
    Dir.mkdir(File.join(directory, "gone"))
    ended = plain_ruby("-e", script, *command, env: { "RUBYLIB" => Command::LIBRARY, "RUBY_PROF_SAVE" => "x" })
    expect(refused(ended)).to eq 1
    expect(ended.stderr).to eq "ruby-prof: cannot write to x: the current directory is gone\n"
  end
end
