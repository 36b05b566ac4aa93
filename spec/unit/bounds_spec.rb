# frozen_string_literal: true

require "tmpdir"

RSpec.describe "bounds of a profile" do
  module BoundFixtures
    class Maze
      def down(steps)
        ManualClock.advance(1)
        down(steps - 1) if steps.positive?
        look
      end

      def look = ManualClock.advance(10)

      def left(steps) = around(:right, steps, 100)
      def right(steps) = around(:back, steps, 1_000)
      def back(steps) = around(:left, steps, 10_000)

      def walk
        down(3)
        left(8)
        right(2)
        look
      end

      private

      def around(name, steps, time)
        ManualClock.advance(time)
        __send__(name, steps - 1) if steps.positive?
      end
    end

    MAZE = Maze.new
  end

  maze = BoundFixtures::MAZE

  def trees(recorded)
    found = recorded.threads.map(&:call_tree)
    found.each { |tree| found.concat(tree.children) }
  end

  # Total, self, calls and folded calls, by the names on the path below the root.
  def paths(recorded)
    trees(recorded).select(&:parent).to_h { |tree| [path(tree), [*nanoseconds(tree).first(2), tree.called, tree.folded_calls]] }
  end

  def path(tree)
    parent = tree.parent
    parent&.parent ? "#{path(parent)} #{tree.target.method_name}" : tree.target.method_name.to_s
  end

  def called(recorded)
    recorded.threads.map { |thread| thread.methods.to_h { |method| [method.full_name, method.called] } }
  end

  def self_times(recorded)
    recorded.threads.map { |thread| thread.methods.to_h { |method| [method.full_name, nanoseconds(method)[1]] } }
  end

  it "make recursion a call path of its own" do
    recorded = profile_by_hand(max_depth: 2) { maze.down(3) }
    expect(paths(recorded)).to eq "down" => [44, 1, 1, 0], "down down" => [3, 3, 3, 2], "down look" => [40, 40, 4, 3]
    down = method_info(recorded, "BoundFixtures::Maze#down")
    expect([down.called, down.folded_calls, down.untimed_calls, down.recursive?]).to eq [4, 2, 0, true]
    expect(nanoseconds(down).first(2)).to eq [44, 4]
  end

  [{ max_depth: 1 }, { max_depth: 3 }, { max_depth: 6 }, { max_nodes: 1 }, { max_nodes: 4 }, { max_nodes: 9 }, { max_nodes: 5, max_depth: 2 }].each do |options|
    it "change no count and no self time by #{options}" do
      whole = profile_by_hand { maze.walk }
      recorded = profile_by_hand(**options) { maze.walk }
      expect(called(recorded)).to eq called(whole)
      expect(self_times(recorded)).to eq self_times(whole)
      expect(recorded.threads.map { |thread| nanoseconds(thread.call_tree) }).to eq(whole.threads.map { |thread| nanoseconds(thread.call_tree) })
      expect(trees(recorded).map(&:depth).max).to be <= options.fetch(:max_depth, 100)
      expect(trees(recorded).size).to be <= [options.fetch(:max_nodes, 100) + 7, trees(whole).size].min
      expect(recorded.folded_calls).to be_positive.and eq(trees(recorded).sum(&:folded_calls))
    end
  end

  it "count each method once more at most, in whatever fiber, and leave each fiber its time" do
    work = lambda do
      maze.look
      fibers = Array.new(3) { Fiber.new { maze.down(1) } }
      fibers.each(&:resume)
    end
    whole = profile_by_hand(&work)
    recorded = profile_by_hand(max_nodes: 1, &work)
    totals = ->(result) { result.threads.map { |thread| nanoseconds(thread.call_tree).first } }
    expect(totals.call(recorded)).to eq totals.call(whole)
    expect(recorded.threads.sum { |thread| thread.call_tree.called }).to eq whole.threads.size
    sums = ->(result) { called(result).inject { |one, other| one.merge(other) { |_, a, b| a + b } } }
    expect(sums.call(recorded)).to eq sums.call(whole)
    expect(recorded.untimed_calls).to be_positive
  end

  it "are kept in files, merges, filters and copies" do
    recorded = profile_by_hand(max_nodes: 3) { maze.walk }
    folded = recorded.folded_calls
    expect(folded).to be_positive
    again = Marshal.load(Marshal.dump(recorded))
    expect(trees(again).map(&:folded_calls)).to eq trees(recorded).map(&:folded_calls)
    expect(method_info(again, "BoundFixtures::Maze#down").recursive?).to be true
    expect(recorded.without("BoundFixtures::Maze#look").folded_calls).to eq folded
    Dir.mktmpdir do |directory|
      path = File.join(directory, "one.rbprof")
      recorded.save(path)
      expect(RubyProf.merge(path, path).folded_calls).to eq 2 * folded
    end
    expect(recorded.merge!(:all).folded_calls).to eq folded
  end

  it "are said in the head of each report" do
    recorded = profile_by_hand(max_nodes: 3) { maze.walk }
    line = /#{recorded.folded_calls} calls folded into \d+ call paths/
    expect(RubyProf::FlatPrinter.new(recorded).print(+"")).to match(/^Bounds: #{line}$/)
    expect(RubyProf::GraphPrinter.new(recorded).print(+"")).to match(/^Bounds: #{line}$/)
    expect(RubyProf::CallInfoPrinter.new(recorded).print(+"")).to match(/^Bounds: #{line}$/).and match(/call:\d+, folded:\d+\)$/)
    expect(RubyProf::DotPrinter.new(recorded).print(+"")).to match(/Bounds: #{line}\\l/)
    [RubyProf::GraphHtmlPrinter, RubyProf::CallStackPrinter, RubyProf::FlameGraphPrinter].each do |printer|
      expect(printer.new(recorded).print(+"")).to include "<dt>Folded calls</dt>"
    end
    expect(RubyProf::FlatPrinter.new(profile_by_hand { maze.walk }).print(+"")).not_to include "Bounds"
  end

  it "are numbers that can be" do
    [[{ max_nodes: 0 }, ArgumentError], [{ max_nodes: -1 }, ArgumentError], [{ max_depth: 1.5 }, TypeError], [{ max_depth: "3" }, TypeError],
     [{ budget: 1.1 }, ArgumentError], [{ budget: -0.1 }, ArgumentError], [{ budget: Float::NAN }, ArgumentError], [{ budget: "1" }, TypeError]].each do |options, error|
      expect { RubyProf::Profile.new(**options) }.to raise_error(error, /#{options.keys.first}/)
    end
    expect { RubyProf::Profile.new(max_nodes: 2**63, max_depth: nil, budget: 1) }.not_to raise_error
  end

  it "are what the environment says where a profile says nothing", :aggregate_failures do
    script = <<~RUBY
      require "ruby-prof"
      def down(steps) = steps.positive? && down(steps - 1)
      deep = ->(profile) { profile.threads.first.methods.find { |method| method.method_name == :down }.then { |method| [method.called, method.folded_calls] } }
      print [RubyProf.profile { down(5) }, RubyProf.profile(max_depth: 3) { down(5) }, RubyProf.profile(max_depth: nil) { down(5) }].map(&deep).inspect
    RUBY
    result = ruby(script, env: { "RUBY_PROF_MAX_DEPTH" => "2" })
    expect(result.stdout).to eq("[[6, 4], [6, 3], [6, 0]]"), result.stderr
    { "RUBY_PROF_MAX_NODES" => "no", "RUBY_PROF_MAX_DEPTH" => "0", "RUBY_PROF_BUDGET" => "2" }.each do |name, value|
      expect(ruby(script, env: { name => value }).stderr).to include "#{name}=#{value} cannot be used"
    end
  end

  describe "in time", stress: false do
    def budgeted(script, env: {})
      result = ruby("require 'ruby-prof'\n#{script}", env: env)
      expect(result).to be_success, result.stderr
      eval(result.stdout) # rubocop:disable Security/Eval
    end

    counter = <<~RUBY
      class Counter
        def tiny = nil
        def none = tiny
        def long = 2_000.times.sum
        def count(times)
          times.times { none }
          1_500.times { long }
        end
      end
      def profiled(**options)
        profile = RubyProf.profile(**options) { Counter.new.count(300_000) }
        trees = [profile.threads.first.call_tree]
        trees.each { |tree| trees.concat(tree.children) }
        [profile, trees]
      end
      def named(trees, name) = trees.find { |tree| tree.target.method_name == name }
    RUBY

    it "leave tiny calls untimed, and count them" do
      found = budgeted(<<~RUBY)
        #{counter}
        profile, trees = profiled(budget: 0.01, compensate: false)
        whole = profiled.last
        tiny, long = %i[tiny long].map { |name| named(trees, name) }
        sums = [trees.sum(&:self_time) + trees.sum(&:wait_time), trees.first.total_time]
        table = ->(all) { all.map { |tree| [tree.target.full_name, tree.called, tree.depth] } }
        text = RubyProf::FlatPrinter.new(profile).print(+"")
        page = RubyProf::GraphHtmlPrinter.new(profile).print(+"")
        print({ known: profile.overhead.known?, same: table.(trees) == table.(whole), untimed: [tiny, long].map(&:untimed_calls), of_method: tiny.target.untimed_calls,
                all: profile.untimed_calls == trees.sum(&:untimed_calls), sums: sums, head: text[/^Bounds: .*/], row: text[/^.*Counter#tiny/], legend: text.lines.grep(/^> /).size,
                page: page.scan(/<dt>Untimed calls|calls were not timed">&gt;/).uniq.size }.inspect)
      RUBY
      expect(found).to include(known: true, same: true, all: true, legend: 1, page: 2)
      # Which share of them depends on when the machine let the profile see that they are tiny.
      expect(found[:untimed].first).to be_between(1, 299_000)
      expect(found[:untimed].last).to eq 0
      expect(found[:of_method]).to eq found[:untimed].first
      expect(found[:sums].first).to be_within(1e-6).of(found[:sums].last)
      expect(found[:head]).to match(/\ABounds: \d+ calls of \d+ call paths? not timed\z/)
      expect(found[:row]).to match(/ >\d/)
    end

    it "leave all timed where there is time enough" do
      expect(budgeted("#{counter}print profiled(budget: 1).first.untimed_calls")).to eq 0
    end

    it "have no effect where no time is measured" do
      expect(budgeted("#{counter}print profiled(budget: 0, measure_mode: RubyProf::ALLOCATIONS).first.untimed_calls")).to eq 0
    end

    it "are the same by the VM's public functions" do
      found = budgeted(<<~RUBY, env: { "RUBY_PROF_EVENTS" => "public" })
        #{counter}
        trees = profiled(budget: 0.01, max_depth: 4).last
        tiny = named(trees, :tiny)
        print [tiny.called, tiny.untimed_calls.positive?].inspect
      RUBY
      expect(found).to eq [300_000, true]
    end
  end
end
