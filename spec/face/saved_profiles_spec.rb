# frozen_string_literal: true

require "command"

# What needs Profile#save, RubyProf.load and RubyProf.merge.
RSpec.describe "saved profiles", stress: false do
  include Command

  before { file("script.rb", "def work = 1\nInteger(ARGV[0] || 3).times { work }\nputs :output\n") }

  describe "ruby-prof --save" do
    it "saves the profile instead of a report" do
      ended = ruby_prof("--save", "a.rbprof", "script.rb")
      expect([ended.stdout, ended.stderr]).to eq ["output\n", ""]
      expect(RubyProf.load("#{directory}/a.rbprof").threads.first.methods.map(&:full_name)).to include "Object#work"
    end

    it "does both when a report is asked for" do
      ended = ruby_prof("--save", "a.rbprof", "-p", "flat", "script.rb")
      expect(calls(ended.stdout, "Object#work")).to eq 3
      expect(files("*.rbprof")).to eq ["a.rbprof"]
    end

    it "names the files of forked processes with their number" do
      ruby_prof("--save", "a.rbprof", "-e", "fork { }; Process.wait")
      expect(files("*.rbprof").map { |name| name.sub(/\d+/, "N") }).to contain_exactly("a.rbprof", "a.N.rbprof")
    end
  end

  describe "ruby-prof report" do
    before { ruby_prof("--save", "a.rbprof", "script.rb") && ruby_prof("--save", "b.rbprof", "script.rb", "4") }

    it "prints one, by any printer, options and file names in any order" do
      expect(calls(ruby_prof("report", "a.rbprof").stdout, "Object#work")).to eq 3
      ended = ruby_prof("report", "a.rbprof", "-p", "graph_html", "-f", "a.html")
      expect([ended.stdout, ended.stderr, ended.status.exitstatus]).to eq ["", "", 0]
      expect(read("a.html")).to include "Object#work"
      expect(ruby_prof("report", "-s", "total", "a.rbprof").stdout).to include "Sort by: total_time"
    end

    it "prints times without the profiler's own, or with it" do
      profile = RubyProf.load("#{directory}/a.rbprof")
      RubyProf::Testing.charge(profile, 1, 0, 0)
      profile.save("#{directory}/charged.rbprof")
      expect(ruby_prof("report", "charged.rbprof", "--compensate").stdout).to match(/^Overhead: .* is subtracted/)
      expect(ruby_prof("report", "--no-compensate", "charged.rbprof").stdout).to match(/^Overhead: .* is included, .*: times are raw/)
    end

    it "leaves out what a recording can leave out" do
      file("deep.rb", "class Foo\n  def bar = [3, 1].sort\n  def baz = bar\nend\ndef work = Foo.new.baz\nwork\n")
      ruby_prof("--save", "deep.rbprof", "deep.rb")
      names = ->(*words) { rows(ruby_prof("report", "deep.rbprof", *words).stdout).map { |line| line.split[6] } }
      expect(names.()).to include("Array#sort", "Foo#bar", "Foo#baz", "Object#work", "[global]#")
      expect(names.("--only", "Foo")).to contain_exactly("Foo#bar", "Foo#baz", "[global]#")
      expect(names.("--only=Foo", "--only", "c", "--exclude", "Foo#baz")).to include("Foo#bar", "Array#sort").and(satisfy { |all| (all & %w[Foo#baz Object#work]).empty? })
      expect(names.("--exclude-pattern", "/#ba/")).to include("Array#sort", "Object#work").and(satisfy { |all| all.grep(/#ba/).empty? })
      expect(names.("--max-depth=1", "--only=Object", "--only=Foo")).to contain_exactly("Object#work", "[global]#")
    end

    it "leaves out common methods, those that a recording leaves out" do
      file("common.rb", "class Foo\n  def bar = [3, 1].map { |n| n.to_s.sub('3', '4') }.each_with_index.to_a\nend\n3.times { Foo.new.bar }\nGC.start\n")
      ruby_prof("--save", "all.rbprof", "common.rb")
      names = ->(text) { rows(text).map { |line| line.split[6].delete_prefix("*") }.sort }
      few = names.(ruby_prof("report", "--exclude-common", "all.rbprof").stdout)
      expect(few).to eq names.(ruby_prof("--exclude-common", "common.rb").stdout)
      expect(names.(ruby_prof("report", "all.rbprof").stdout) - few).to include("Array#map", "Integer#times", "Class#new", "String#sub", "<Module::GC>#start")
    end

    it "says which patterns match nothing, or cannot" do
      ended = ruby_prof("report", "a.rbprof", "--only", "Object#work", "--only=Nobody", "--exclude", "Object#wrok")
      expect(calls(ended.stdout, "Object#work")).to eq 3
      expect(ended.stderr).to eq %w[Nobody Object#wrok].map { |name| "ruby-prof: #{name} matched nothing: the profile has no such method\n" }.join
      ended = ruby_prof("report", "a.rbprof", "--only", "gem:no-such-gem")
      expect([ended.status.exitstatus, ended.stdout]).to eq [1, ""]
      expect(ended.stderr).to start_with 'ruby-prof: the gem "no-such-gem" is not installed'
    end

    it "is about its files, not about itself" do
      page = ruby_prof("report", "a.rbprof", "b.rbprof", "-p", "call_stack").stdout
      expect(page).to include '<span class="application">a.rbprof, b.rbprof</span>'
    end

    it "has the columns of a recording" do
      expect(ruby_prof("report", "a.rbprof", "--ledger", "--overhead").stdout).to match(/^ %self +%ovh +total.* run\S* +gvl\S* +block\S* +gc\S* +calls +name/)
      expect(ruby_prof("report", "a.rbprof", "--gc").stdout).to match(/^ %self +total.* child\S* +gc\S* +calls +name/)
    end

    it "adds up several" do
      expect(calls(ruby_prof("report", "a.rbprof", "b.rbprof").stdout, "Object#work")).to eq 7
    end

    it "says what is wrong with a file" do
      ended = ruby_prof("report", "missing.rbprof")
      expect([ended.status.exitstatus, ended.stdout]).to eq [1, ""]
      expect(ended.stderr).to match(/\Aruby-prof: .*missing\.rbprof.*\n\z/)
      file("bad.rbprof", "nothing of ours")
      ended = ruby_prof("report", "bad.rbprof")
      expect([ended.status.exitstatus, ended.stderr.lines.length]).to eq [1, 1]
      expect(ended.stderr).to start_with("ruby-prof: ").and include("bad.rbprof")
    end

    it "leaves an old report alone when the profile cannot be read" do
      file("old.txt", "old")
      ruby_prof("report", "missing.rbprof", "-f", "old.txt")
      expect(read("old.txt")).to eq "old"
    end
  end

  describe "ruby-prof merge" do
    it "adds up the profiles of several processes" do
      ruby_prof("--save", "a.%p.rbprof", "-e", "def work = 1; 2.times { fork { 5.times { work } } }; Process.waitall; 3.times { work }")
      names = files("a.*.rbprof")
      expect(names.length).to eq 3
      ended = ruby_prof("merge", *names, "-f", "sum.rbprof")
      expect([ended.stdout, ended.stderr, ended.status.exitstatus]).to eq ["", "", 0]
      expect(ruby_prof("report", "sum.rbprof").stdout.scan(/(\d+)\s+Object#work/).flatten.sum(&:to_i)).to be >= 13
    end

    it "says that a file is missing, and makes none" do
      ended = ruby_prof("merge", "missing.rbprof", "-f", "sum.rbprof")
      expect([ended.status.exitstatus, files("*.rbprof")]).to eq [1, []]
      expect(ended.stderr).to include "missing.rbprof"
    end
  end

  describe "a report that fails" do
    it "leaves the profile in a file and says where; the exit status is the program's" do
      ended = ruby_prof("-f", "/dev/full", "script.rb")
      expect([ended.stdout, ended.status.exitstatus]).to eq ["output\n", 0]
      saved = files("*.rbprof").first
      expect(ended.stderr).to include("ruby-prof: the report failed: No space left on device")
        .and include("ruby-prof: the profile is saved in #{directory}/#{saved}; print it with: ruby-prof report #{directory}/#{saved}")
      expect(calls(ruby_prof("report", saved).stdout, "Object#work")).to eq 3
    end

    it "is that to a stdout which the program closed, and no other file suffers" do
      ended = ruby_prof("-e", "def work = 1; 3.times { work }; STDOUT.close; $victim = File.open('victim', 'w')")
      expect([read("victim"), ended.status.exitstatus]).to eq ["", 0]
      expect(ended.stderr).to include("ruby-prof: the report failed: closed stream (IOError)")
      expect(calls(ruby_prof("report", *files("*.rbprof")).stdout, "Object#work")).to eq 3
    end

    it "may be that of ruby-prof report, which then exits with 1" do
      ruby_prof("--save", "a.rbprof", "script.rb")
      expect(ruby_prof("report", "a.rbprof", "-f", "/dev/full").status.exitstatus).to eq 1
    end
  end

  describe "RUBY_PROF_ON_FORK=merge" do
    let(:program) { "def work = 1; fork { 5.times { work }; fork { 7.times { work } }; Process.wait }; Process.wait; 3.times { work }" }

    it "makes one report over all processes, and leaves nothing else" do
      scratch = File.join(directory, "scratch")
      Dir.mkdir(scratch)
      ended = auto("-e", program, env: { "RUBY_PROF_ON_FORK" => "merge", "TMPDIR" => scratch })
      expect(ended.stderr).to eq ""
      expect(ended.stdout.scan(/(\d+)\s+Object#work/).flatten.map(&:to_i).max).to eq 15
      expect(files).to eq ["script.rb"]
      expect(Dir.children(scratch)).to be_empty
    end

    it "is --on-fork=merge, for the Ruby programs that a command starts too" do
      file("outer.rb", "system('ruby', 'script.rb', '4', out: File::NULL); system('ruby', 'script.rb', '5', out: File::NULL)")
      ended = ruby_prof("--on-fork=merge", "-f", "r.txt", "--", "ruby", "outer.rb")
      expect(ended.stderr).to eq ""
      expect(read("r.txt").scan(/(\d+)\s+Object#work/).flatten.map(&:to_i).max).to eq 9
    end

    it "has a process that outlives the first one write its own report" do
      code = "def work = 1; r, w = IO.pipe; fork { w.close; r.read; 5.times { work } }; 3.times { work }; $w = w"
      wait = "r, w = IO.pipe; system('ruby', '-rruby-prof/auto', '-e', #{code.dump}, 9 => w); w.close; r.read"
      plain_ruby("-e", wait, env: { "RUBYLIB" => Command::LIBRARY, "RUBY_PROF_ON_FORK" => "merge", "RUBY_PROF_FILE" => "r.txt" })
      expect(files("r*").to_h { |name| [name[/\d+/] ? :child : :main, calls(read(name), "Object#work")] }).to eq(main: 3, child: 5)
    end
  end
end
