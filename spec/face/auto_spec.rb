# frozen_string_literal: true

require "command"

RSpec.describe "ruby -rruby-prof/auto", stress: false do
  include Command

  before { file("script.rb", "def work = 5.times { |n| n.to_s }\nwork\nputs :output\n") }

  def with(**settings)
    auto("script.rb", env: settings.to_h { |name, value| ["RUBY_PROF_#{name.upcase}", value] })
  end

  it "prints a flat report at the end" do
    ended = auto("script.rb")
    expect(ended.stdout).to start_with "output\nMeasure Mode: wall_time\n"
    expect([calls(ended.stdout, "Object#work"), calls(ended.stdout, "Integer#to_s"), ended.stderr]).to eq [1, 5, ""]
  end

  it "is the same for RUBYOPT" do
    ended = plain_ruby("script.rb", env: { "RUBYOPT" => "-rruby-prof/auto" })
    expect(calls(ended.stdout, "Object#work")).to eq 1
  end

  it "profiles from the require on where a program says it" do
    report = plain_ruby("-e", "def a = 1; a; require 'ruby-prof/auto'; def b = 1; b").stdout
    expect([calls(report, "Object#a"), calls(report, "Object#b")]).to eq [nil, 1]
  end

  it "begins with the program, not with libraries that are loaded before it" do
    file("library.rb", "def early = 1\nearly\n")
    report = auto("-r./library", "-e", "def late = 1; late").stdout
    expect(rows(report).map { |line| line.split[6] }).to contain_exactly("[global]#", "Object#late", "Module#method_added")
  end

  it "begins with the program whatever a library says that its name is" do
    file("library.rb", "$0 = 'hidden'")
    expect(calls(auto("-r./library", "-e", "def late = 1; late").stdout, "Object#late")).to eq 1
  end

  it "writes nothing where there is no program" do
    expect(auto("-c", "script.rb").stdout).to eq "Syntax OK\n"
  end

  it "does what the environment says" do
    expect(with(measure_mode: "allocations").stdout).to include "Measure Mode: allocations"
    expect(with(printer: "graph_html").stdout).to include "<!DOCTYPE html>"
    expect(with(sort: "child").stdout).to include "Sort by: children_time"
    expect(with(min_percent: "101").stdout).to include "no method within the limits"
    expect(calls(with(c_calls: "0").stdout, "Integer#to_s")).to be_nil
    expect(with(require: "./script").stdout).to start_with "output\noutput\n"
    expect(with(eval: "$stdout.sync = true; puts 1").stdout).to start_with "1\noutput\n"
    expect(with(file: "a.txt").stdout).to eq "output\n"
    expect(calls(read("a.txt"), "Object#work")).to eq 1
  end

  it "names the file with the process's number where %p says" do
    ended = auto("-e", "puts $$", env: { "RUBY_PROF_FILE" => "a.%p.txt" })
    expect(files("a*")).to eq ["a.#{ended.stdout.strip}.txt"]
  end

  {
    { measure_mode: "gc" } => "RUBY_PROF_MEASURE_MODE=gc is no measure mode; it can be wall, process, allocations or memory",
    { printer: "pdf" } => "RUBY_PROF_PRINTER=pdf cannot be used; it can be flat, graph, graph_html",
    { sort: "name" } => "RUBY_PROF_SORT=name cannot be used; it can be total, self, wait, child",
    { min_percent: "-3" } => "RUBY_PROF_MIN_PERCENT=-3 cannot be used; it can be a number from 0",
    { on_fork: "x" } => "RUBY_PROF_ON_FORK=x cannot be used; it can be separate, merge, off",
    { operators: "2" } => "RUBY_PROF_OPERATORS=2 cannot be used; it can be 0 or 1",
    { max_nodes: "0" } => "RUBY_PROF_MAX_NODES=0 cannot be used; it can be an Integer from 1",
    { max_depth: "x" } => "RUBY_PROF_MAX_DEPTH=x cannot be used; it can be an Integer from 1",
    { budget: "30%" } => "RUBY_PROF_BUDGET=30% cannot be used; it can be a number from 0 to 1",
    { blocks: "yes" } => "RUBY_PROF_BLOCKS=yes cannot be used; it can be 0 or 1",
    { latency: "2" } => "RUBY_PROF_LATENCY=2 cannot be used; it can be 0 or 1",
    { ledger: "yes" } => "RUBY_PROF_LEDGER=yes cannot be used; it can be 0 or 1",
    { c_calls: "no" } => "RUBY_PROF_C_CALLS=no cannot be used; it can be 0 or 1",
    { only: "foo" } => "RUBY_PROF_ONLY: foo is no pattern",
    { trace: "stdout" } => "RUBY_PROF_TRACE is not supported"
  }.each do |settings, warning|
    it "warns of #{settings} and goes on" do
      ended = with(**settings)
      expect(ended.stderr).to start_with "ruby-prof: #{warning}"
      expect(ended.stderr.lines.length).to eq 1
      expect([ended.status.exitstatus, calls(ended.stdout, "Object#work")]).to eq [0, 1]
    end
  end

  it "ends the program before it begins if the report could not be written" do
    ended = with(file: "no/where.txt")
    expect([ended.status.exitstatus, ended.stdout]).to eq [1, ""]
    expect(ended.stderr).to match(%r{\Aruby-prof: cannot write to \S+/no/where.txt: No such file or directory\n\z})
  end

  it "sets RubyProf's default measure mode, and only warns of what it does not know" do
    code = "require 'ruby-prof'; p RubyProf.measure_mode"
    { "wall" => 0, "wall_time" => 0, "process" => 1, "process_time" => 1, "allocations" => 2, "memory" => 3, "" => 0 }.each do |name, mode|
      ended = plain_ruby("-e", code, env: { "RUBY_PROF_MEASURE_MODE" => name })
      expect([name, ended.stdout, ended.stderr]).to eq [name, "#{mode}\n", ""]
    end
    ended = plain_ruby("-e", code, env: { "RUBY_PROF_MEASURE_MODE" => "gc_time" })
    expect(ended.stdout).to eq "0\n"
    expect(ended.stderr).to include "it can be wall, process, allocations or memory"
  end

  it "writes nothing for exit!, as Ruby promises" do
    ended = auto("-e", "puts 1; $stdout.flush; exit! 3")
    expect([ended.stdout, ended.status.exitstatus]).to eq ["1\n", 3]
  end

  it "loads no library into the program that Ruby has not loaded by itself" do
    code = "puts $LOADED_FEATURES.reject { |path| path.include?('ruby-prof') || path.include?('ruby_prof') }.map { |path| File.basename(path) }"
    bare = plain_ruby("-e", code).stdout.lines
    loaded = auto("-e", code, env: { "RUBY_PROF_FILE" => "a.txt" }).stdout.lines
    expect(loaded - bare).to be_empty
  end

  it "is what -runprof does, with RubyProf.stop to end it" do
    expect(plain_ruby("-runprof", "script.rb").stdout).to start_with "output\nMeasure Mode: wall_time\n"
    report = plain_ruby("-runprof", "script.rb").stdout
    expect(rows(report).map { |line| line.split[6] }).to include("[global]#", "Object#work").and(satisfy { |names| names.grep(/require/).empty? })
    ended = plain_ruby("-runprof", "-e", "RubyProf.stop; fork { }; Process.wait; puts :only")
    expect([ended.stdout, ended.stderr]).to eq ["only\n", ""]
    expect(plain_ruby("-runprof", "-e", "fork { }; Process.wait").stdout.scan("Measure Mode").length).to eq 1
  end
end
