# frozen_string_literal: true

require "command"

RSpec.describe "ruby-prof's options", stress: false do
  include Command

  before { file("script.rb", "def quick = 1\ndef slow = 50.times { |n| n.to_s }\nquick\nslow\nputs :output\n") }

  it "shows the help, in 80 columns" do
    %w[-h --help].each do |word|
      ended = ruby_prof(word)
      expect([ended.status.exitstatus, ended.stderr]).to eq [0, ""]
      expect(ended.stdout.lines.map { |line| line.chomp.length }.max).to be <= 80
      expect(ended.stdout).to start_with "Usage: ruby-prof [options] SCRIPT [arguments]\n"
      %w[flat graph graph_html call_stack flame_graph call_info dot call_tree multi].each { |name| expect(ended.stdout).to match(/\b#{name}  /) }
    end
  end

  it "has every option in the help, and takes - for _" do
    help = ruby_prof("-h").stdout
    %w[-p --printer -f --file -m --min_percent -s --sort --save --mode --track_allocations --[no-]c-calls --exclude
       --blocks --latency --max-nodes --max-depth --budget --ledger --gc --overhead --gc-nodes --[no-]compensate
       --exclude-pattern --only --exclude-common --on-fork -e -R --require-noprof -E --eval-noprof --ruby
       --allow_exceptions -h --help -v --version].each { |word| expect(help).to match(/^ .*#{Regexp.escape(word)}[ ,=]/) }
    expect(help).not_to include "cycles"
    expect(ruby_prof("--min-percent=101", "--allow-exceptions", "--track-allocations", "script.rb").stdout).to include "no method within"
  end

  it "shows the version" do
    expect(ruby_prof("--version").stdout).to eq "ruby-prof #{RubyProf::VERSION}\n"
    expect(ruby_prof("-v").stdout).to eq "ruby-prof #{RubyProf::VERSION}\n"
  end

  it "says what is wrong and where the help is, on stderr, and exits with 255" do
    {
      %w[--nonsense script.rb] => "invalid option: --nonsense",
      %w[-p nonsense script.rb] => "invalid argument (it can be flat, graph, graph_html",
      %w[--mode=cpu script.rb] => "invalid argument (it can be wall, process, allocations, memory): --mode=cpu",
      %w[-s name script.rb] => "invalid argument (it can be total, self, wait, child): -s name",
      %w[-m much script.rb] => "invalid argument (it can be a number from 0): -m much",
      %w[-m -1 script.rb] => "invalid argument (it can be a number from 0): -m -1",
      %w[--max-nodes=0 script.rb] => "invalid argument (it can be an Integer from 1): --max-nodes=0",
      %w[--max-depth=few script.rb] => "invalid argument (it can be an Integer from 1): --max-depth=few",
      %w[--budget=30% script.rb] => "invalid argument (it can be a number from 0 to 1): --budget=30%",
      %w[--exclude=foo script.rb] => "invalid argument (it can be Foo#bar or Foo.bar",
      %w[--exclude-pattern=foo script.rb] => "invalid argument (foo is no pattern",
      %w[--only gem: script.rb] => "is no pattern",
      %w[--only /(/ script.rb] => "is no regular expression",
      %w[--on-fork=join script.rb] => "it can be separate, merge, off",
      %w[-f] => "missing argument: -f"
    }.each do |words, message|
      ended = ruby_prof(*words)
      expect([words, ended.status.exitstatus, ended.stdout]).to eq [words, 255, ""]
      expect(ended.stderr.lines.length).to eq 2
      expect(ended.stderr.lines.first).to start_with("ruby-prof: ").and include(message)
      expect(ended.stderr.lines.last).to eq "See ruby-prof --help\n"
    end
  end

  it "knows a misspelt option, and which help has it" do
    expect(ruby_prof("--ledgr", "script.rb").stderr.lines.first).to match(/\Aruby-prof: invalid option: --ledgr( \(did you mean --ledger\?\))?\n\z/)
    expect(ruby_prof("report", "--blocks").stderr).to end_with "\nSee ruby-prof report --help\n"
    expect(ruby_prof("merge", "a").stderr).to eq "ruby-prof: missing argument: -f FILE, where to save the sum\nSee ruby-prof merge --help\n"
    expect(ruby_prof("-p", "\e[31m", "script.rb").stderr).to include('-p \e[31m').and satisfy { |text| !text.include?("\e") }
  end

  it "says how it is called if there is nothing to run" do
    ended = ruby_prof
    expect([ended.status.exitstatus, ended.stdout]).to eq [255, ""]
    expect(ended.stderr).to start_with("ruby-prof: there is nothing to run\nUsage: ruby-prof [options] SCRIPT [arguments]\n").and end_with("\nSee ruby-prof --help\n")
    expect(ended.stderr).not_to include "--printer"
  end

  it "says that a script is missing, as Ruby does" do
    ended = ruby_prof("missing.rb")
    expect([ended.status.exitstatus, ended.stdout]).to eq [1, ""]
    expect(ended.stderr).to eq "ruby-prof: No such file or directory -- missing.rb (LoadError)\n"
    expect(ruby_prof(".").stderr).to eq "ruby-prof: Is a directory -- . (LoadError)\n"
  end

  it "prints a flat table to stdout, after the output, by self time" do
    ended = ruby_prof("script.rb")
    expect(ended.stdout).to start_with "output\nMeasure Mode: wall_time\n"
    expect(ended.stdout).to include "Sort by: self_time"
    expect(calls(ended.stdout, "Integer#to_s")).to eq 50
    expect(ended.stderr).to eq ""
  end

  it "prints to a file, relative to where it was started" do
    ended = ruby_prof("-f", "report.txt", "-e", "Dir.chdir('/'); puts :output")
    expect(ended.stdout).to eq "output\n"
    expect(read("report.txt")).to include "<Class::Dir>#chdir"
  end

  it "prints to stdout though $stdout is something that can only write" do
    ended = ruby_prof("-e", "$stdout = Class.new(BasicObject) { def write(*) = 0 }.new; 1.to_s")
    expect([ended.stderr, calls(ended.stdout, "Integer#to_s")]).to eq ["", 1]
  end

  it "prints to stdout what the program has done to it notwithstanding" do
    ended = ruby_prof("-e", "$stdout = StringIO.new; STDOUT.set_encoding('UTF-16LE'); print :lost", "-R", "stringio")
    expect(ended.stdout.sub(/\A\u0000+/, "")).to start_with "Measure Mode"
  end

  it "writes the printer's report" do
    ruby_prof("-p", "graph_html", "-f", "page.html", "script.rb")
    expect(read("page.html")).to start_with("<!DOCTYPE html>").and include("Object#slow")
    expect(ruby_prof("-p", "flat_with_line_numbers", "script.rb").stderr).to include "is called flat now"
  end

  it "sorts and filters" do
    expect(ruby_prof("-s", "total", "script.rb").stdout).to include "Sort by: total_time"
    expect(ruby_prof("--sort=child", "script.rb").stdout).to include "Sort by: children_time"
    all = rows(ruby_prof("script.rb").stdout)
    few = rows(ruby_prof("-m", "15.5", "script.rb").stdout)
    expect(few.length).to be_between(1, all.length - 1)
    expect(rows(ruby_prof("--min_percent=101", "script.rb").stdout).join).to include "no method within the limits"
  end

  { "wall" => "wall_time", "process" => "process_time", "allocations" => "allocations", "memory" => "memory" }.each do |mode, name|
    it "measures #{mode}" do
      expect(ruby_prof("--mode=#{mode}", "script.rb").stdout).to include "Measure Mode: #{name}\n"
      expect(ruby_prof("script.rb", env: { "RUBY_PROF_MEASURE_MODE" => mode }).stdout).to include "Measure Mode: #{name}\n"
    end
  end

  it "leaves out C methods" do
    report = ruby_prof("--no-c-calls", "script.rb").stdout
    expect([calls(report, "Integer#to_s"), calls(report, "Object#slow")]).to eq [nil, 1]
  end

  it "bounds what a profile costs" do
    code = "def down(steps) = steps.positive? && down(steps - 1)\ndown(9)"
    report = ruby_prof("--max-depth=3", "--max-nodes", "100", "--budget=1", "--no-c-calls", "-e", code).stdout
    expect([calls(report, "Object#down"), report[/^Bounds: .*/]]).to eq [10, "Bounds: 7 calls folded into 1 call path"]
  end

  it "records blocks" do
    report = ruby_prof("--blocks", "-e", "def few = 3.times { nil }\nfew").stdout
    expect(report).to match(/ 3  +block in Object#few /)
  end

  # It starts from within a TracePoint, where the VM takes hooks away later than elsewhere.
  it "leaves operators alone and takes its own work off" do
    code = "def few(number) = number < 2 ? number : few(number - 1)\nfew(9)"
    report = ruby_prof("-e", code).stdout
    expect(report[/^Overhead: .*/]).to match(/ is subtracted, \+- \S+; operators left alone$/)
    expect([calls(report, "Object#few"), calls(report, "Integer#<")]).to eq [9, nil]
    counted = ruby_prof("--operators", "-e", code).stdout
    expect(counted[/^Overhead: .*/]).to end_with "; operators counted"
    expect(calls(counted, "Integer#<")).to eq 9
  end

  it "records how long single calls take" do
    code = "def few = nil\n3.times { few }"
    expect(ruby_prof("--latency", "-e", code).stdout).to match(/^ %self .* calls +min\S* +p50\S* +p99\S* +max\S* +name/)
    expect(ruby_prof("-e", code).stdout).not_to include "p99"
  end

  it "adds columns, and shows times as they were measured" do
    report = ruby_prof("--ledger", "--overhead", "--gc-nodes", "-e", "GC.start").stdout
    expect(report).to match(/^ %self +%ovh +total\S* +self\S* +\+-\S* +wait\S* +child\S* +run\S* +gvl\S* +block\S* +gc\S* +calls +name/)
    expect(calls(report, "<Module::GC>#[collector]")).to be_positive
    report = ruby_prof("--gc", "--no-compensate", "-e", "GC.start").stdout
    expect(report).to match(/^ %self +total\S* +self\S* +wait\S* +child\S* +gc\S* +calls +name/)
    expect(report).to match(/^Overhead: .* is included, .*: times are raw/)
  end

  it "warns once of an environment that it does not understand" do
    {
      "RUBY_PROF_OPERATORS" => "RUBY_PROF_OPERATORS=yes cannot be used; it can be 0 or 1\n",
      "RUBY_PROF_MEASURE_MODE" => "RUBY_PROF_MEASURE_MODE=yes is no measure mode",
      "RUBY_PROF_ONLY" => "RUBY_PROF_ONLY: yes is no pattern"
    }.each do |name, warning|
      [["script.rb"], ["-e", "def slow = 1; slow"], ["--", "ruby", "script.rb"]].each do |words|
        ended = ruby_prof(*words, env: { name => "yes" })
        expect([words, ended.stderr.lines.length, calls(ended.stdout, "Object#slow")]).to eq [words, 1, 1]
        expect(ended.stderr).to start_with "ruby-prof: #{warning}"
      end
    end
  end

  it "loads libraries and runs code before, unprofiled" do
    file("before.rb", "def before = 1.to_s\nbefore")
    report = ruby_prof("-R", "./before", "--eval-noprof=before; X = 3", "-E", "Y = X", "-e", "before; p [X, Y]").stdout
    expect(report).to start_with "[3, 3]\n"
    expect(calls(report, "Object#before")).to eq 1
    ended = ruby_prof("-R", "no/such/library", "script.rb")
    expect([ended.status.exitstatus, ended.stdout]).to eq [1, ""]
    expect(ended.stderr).to start_with "ruby-prof: cannot load no/such/library before the program"
  end

  it "takes --allow_exceptions, and shows exceptions without it too" do
    [[], ["--allow_exceptions"]].each do |words|
      ended = ruby_prof(*words, "-e", "raise 'seen'")
      expect(ended.stderr).to include "seen (RuntimeError)"
      expect(ended.status.exitstatus).to eq 1
      expect(ended.stdout).to include "Kernel#raise"
    end
  end

  it "takes options of ruby-prof 0.x with a word about them" do
    {
      %w[-d] => "--ruby=-d", %w[--replace-progname] => "$0 is the script's name always",
      %w[--specialized-instruction] => "it has no effect"
    }.each do |words, advice|
      ended = ruby_prof(*words, "script.rb")
      expect(ended.status.exitstatus).to eq 0
      expect(ended.stderr).to include(advice).and include(words.first)
      expect(ended.stdout).to start_with "output\nMeasure Mode"
    end
  end

  it "checks before the program runs that the report can be written" do
    [
      ["-f", "no/such/directory/report.txt"], ["-f", "."], ["-p", "call_tree", "-f", "script.rb"],
      ["-p", "multi", "-f", "script.rb/below"], ["--save", "no/such/directory/saved"]
    ].each do |words|
      ended = ruby_prof(*words, "script.rb")
      expect([words, ended.status.exitstatus, ended.stdout]).to eq [words, 1, ""]
      expect(ended.stderr).to match(/\Aruby-prof: cannot (write|save) to .*: (No such|Is a|Not a|File exists)/)
    end
    expect(files).to eq ["script.rb"]
  end

  it "keeps an old report if the program is killed" do
    file("report.txt", "old")
    ended = ruby_prof("-f", "report.txt", "-e", "exit! 3")
    expect([ended.status.exitstatus, read("report.txt")]).to eq [3, "old"]
  end

  it "keeps an old report if the new one fails" do
    file("report.txt", "old")
    broken = "require 'ruby-prof'; class RubyProf::FlatPrinter; def print(*, **) = raise('broken'); end"
    ended = ruby_prof("-f", "report.txt", "-E", broken, "script.rb")
    expect([ended.status.exitstatus, ended.stdout, read("report.txt")]).to eq [0, "output\n", "old"]
    expect(ended.stderr).to start_with "ruby-prof: the report failed: broken (RuntimeError)\n"
  end

  it "does not mind a reader that has seen enough" do
    from, to = IO.pipe
    from.close
    pid = spawn(Subprocess::CLEAN, RbConfig.ruby, "-I", Command::LIBRARY, Command::EXE, "-e", "1.to_s",
                chdir: directory, out: to, err: File.join(directory, "stderr"))
    Process.wait(pid)
    expect([$?.exitstatus, read("stderr"), files("*.rbprof")]).to eq [0, "", []]
  ensure
    to.close
  end
end
