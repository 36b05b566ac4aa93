# frozen_string_literal: true

require "tmpdir"

RSpec.describe "blocks: true" do
  module BlockFixtures
    class Maker
      def each_of(list) = list.each { |item| yield item }
      def nested = [1, 2, 3].each { |one| [one, one].each { |two| ManualClock.advance(two) } }
      define_method(:made) { [1, 2].each { |item| item } }
      define_method(:plain) { 1 }
      def called(&block) = [block.call(1), block.(2), block.yield(3), block === 4]
      def call = called { |item| item }
      def lambda_of_mine = ->(item) { item }.call(1)
      def left = [1, 2, 3].each { |item| break if item == 2 }
      def skipped = [1, 2, 3].each { |item| next if item == 2 }
      def thrown = catch(:out) { [1, 2].each { throw :out } }
      def raised = ([1, 2].each { raise "out" } rescue nil)
      def returned = [1, 2].each { |item| return item }
      def symbol = %w[a b].map(&:upcase)
      def executed = instance_exec(3) { |item| item }
      def evaluated = [1, 2].each { eval("[1].each { |item| item }") }
      def method_block = [1, 2].map(&method(:same))
      def same(item) = item
      def self.own_twice = 2.times { |item| item }

      def rescued
        raise "in"
      rescue RuntimeError
        [1].each { |item| item }
      end

      def deeper(steps) = [steps].each { |item| deeper(item - 1) if item.positive? }
      def last_match = "abc" =~ /b/ && [1].each { $~ }
      def in_fiber = Fiber.new { Fiber.yield([1].each { |item| item }) }.tap { |fiber| 2.times { fiber.resume } }
      def in_thread = Thread.new { [1].each { |item| item } }.join
      def kept = @kept ||= proc { |item| [item].each { |one| one } }
    end

    MAKER = Maker.new
  end

  maker = BlockFixtures::MAKER

  def recorded(**options, &block)
    profile_by_hand(blocks: true, **options, &block)
  end

  def blocks(result)
    all = result.threads.flat_map { |thread| thread.methods.map { |method| [method.full_name, method.called] } }
    found = all.select { |name, _| name.start_with?("block") && name.include?("BlockFixtures") }
    found.group_by { |name, _| name.sub("BlockFixtures::Maker", "M") }.transform_values { |rows| rows.sum(&:last) }
  end

  {
    nested: { "block in M#nested" => 3, "block (2 levels) in M#nested" => 6 },
    made: { "block in M#made" => 2 },
    plain: {},
    call: { "block in M#call" => 4 },
    lambda_of_mine: { "block in M#lambda_of_mine" => 1 },
    left: { "block in M#left" => 2 },
    skipped: { "block in M#skipped" => 3 },
    thrown: { "block in M#thrown" => 1, "block (2 levels) in M#thrown" => 1 },
    raised: { "block in M#raised" => 1 },
    returned: { "block in M#returned" => 1 },
    symbol: {},
    executed: { "block in M#executed" => 1 },
    evaluated: { "block in M#evaluated" => 2, "block (2 levels) in M#evaluated" => 2 },
    method_block: {},
    rescued: { "block in M#rescued" => 1 },
    last_match: { "block in M#last_match" => 1 },
    in_fiber: { "block in M#in_fiber" => 2, "block (2 levels) in M#in_fiber" => 3 },
    in_thread: { "block in M#in_thread" => 1, "block (2 levels) in M#in_thread" => 1 }
  }.each do |name, expected|
    [false, true].each do |c_calls|
      it "counts the blocks of #{name}#{" with C calls" if c_calls}" do
        result = recorded(c_calls: c_calls) { maker.public_send(name) }
        expect(blocks(result)).to eq expected
        expect(method_info(result, "BlockFixtures::Maker##{name}").called).to eq 1
      end
    end
  end

  it "makes them callers and callees, with times of their own" do
    result = recorded { maker.nested }
    one, two = ["block in BlockFixtures::Maker#nested", "block (2 levels) in BlockFixtures::Maker#nested"].map { |name| method_info(result, name) }
    expect(times(one)).to eq total: 12, self: 0, wait: 0, children: 12
    expect(times(two)).to eq total: 12, self: 12, wait: 0, children: 0
    expect(two.call_trees.callers.map { |edge| edge.parent.target.full_name }).to eq [one.full_name]
    expect([two.klass_name, two.method_name, two.recursive?]).to eq ["BlockFixtures::Maker", :"block (2 levels) in nested", false]
    expect([two.source_file, two.line]).to eq BlockFixtures::Maker.instance_method(:nested).source_location
  end

  it "follows recursion through them" do
    result = recorded(max_depth: 2) { maker.deeper(4) }
    expect(blocks(result)).to eq "block in M#deeper" => 5
    expect(method_info(result, "BlockFixtures::Maker#deeper").called).to eq 5
    expect(result.folded_calls).to be_positive
  end

  it "tells methods called in a block from those called by the method" do
    result = recorded { maker.each_of([1, 2]) { maker.same(1) } }
    callers = method_info(result, "BlockFixtures::Maker#same").call_trees.callers.map { |edge| edge.parent.target.full_name }
    expect(callers).to all(start_with("block "))
    expect(blocks(result)).to eq "block in M#each_of" => 2
  end

  it "names a proc after the method that made it, whoever calls it, and when" do
    made = maker.kept
    expect(blocks(recorded { 3.times { made.call(1) } })).to eq "block in M#kept" => 3, "block (2 levels) in M#kept" => 3
  end

  it "records none, and costs nothing, unless it is asked for" do
    result = profile_by_hand(c_calls: true) { maker.nested }
    expect(blocks(result)).to eq({})
    expect([result.blocks?, recorded { nil }.blocks?]).to eq [false, true]
  end

  it "ends at blocks that began before the profile" do
    profile = by_hand(blocks: true)
    [1].each { profile.start }
    [1].each { maker.left }
    profile.stop
    expect(blocks(profile)).to eq "block in M#left" => 2
  end

  it "is kept in files, and said in reports" do
    result = recorded { maker.left }
    again = Marshal.load(Marshal.dump(result))
    expect(blocks(again)).to eq "block in M#left" => 2
    expect(RubyProf::FlatPrinter.new(again).print(+"")).to match(/ 2  +block in BlockFixtures::Maker#left /)
    [RubyProf::GraphPrinter, RubyProf::GraphHtmlPrinter, RubyProf::CallInfoPrinter, RubyProf::DotPrinter].each do |printer|
      expect(printer.new(again).print(+"")).to include "block in BlockFixtures::Maker#left"
    end
    Dir.mktmpdir do |directory|
      RubyProf::CallTreePrinter.new(again).print(path: directory)
      expect(Dir["#{directory}/*"].map { |path| File.read(path, encoding: Encoding::UTF_8) }.join).to include "BlockFixtures/Maker::block in left"
    end
  end

  it "counts blocks of no method, also from the environment, and with a budget" do
    script = <<~RUBY
      require "ruby-prof"
      def few = 3.times { nil }
      count = ->(profile) { profile.threads.flat_map(&:methods).to_h { |method| [method.full_name, method.called] }.select { |name, _| name.start_with?("block") } }
      print [RubyProf.profile { 2.times { [1].each { few } } }, RubyProf.profile(blocks: false) { few }, RubyProf.profile(budget: 0) { 50_000.times { few } }].map(&count).inspect
    RUBY
    result = ruby(script, env: { "RUBY_PROF_BLOCKS" => "1" })
    expect(result).to be_success, result.stderr
    first, second, third = eval(result.stdout) # rubocop:disable Security/Eval
    expect(first).to eq "block in [global]" => 1, "block (2 levels) in [global]" => 2, "block (3 levels) in [global]" => 2, "block in Object#few" => 6
    expect(second).to eq({})
    expect(third).to eq "block in [global]" => 1, "block (2 levels) in [global]" => 50_000, "block in Object#few" => 150_000
  end

  it "says where it cannot be had" do
    script = "require 'ruby-prof'; begin; RubyProf.profile(blocks: true) { 1 }; rescue RuntimeError => e; print e.message; end"
    expect(ruby(script, env: { "RUBY_PROF_EVENTS" => "public" }).stdout).to start_with "blocks: true needs what only the VM's own frames tell"
  end
end
