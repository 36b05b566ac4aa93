# frozen_string_literal: true

require "json"
require "open3"

# Runs the scripts of the pages under Node.js, which Rubies in a bare system lack: then these are skipped.
RSpec.describe "The scripts of the pages of call trees", stress: false do
  module PageScripts
    NODE = ENV["PATH"].split(File::PATH_SEPARATOR).map { |directory| File.join(directory, "node") }.find { |file| File.executable?(file) }
    ASSETS = File.join(GEM_ROOT, "crates/rubyprof-report/assets")

    class Job
      def run
        ManualClock.advance(1_000)
        slow
        quick
        deep(3)
      end

      def slow
        ManualClock.advance(900_000)
        3.times { quick }
      end

      def quick
        ManualClock.advance(1_000)
      end

      def deep(levels)
        ManualClock.advance(20_000)
        if levels.positive?
          deep(levels - 1)
          quick
        end
      end
    end

    JOB = Job.new
  end

  # The scripts need what browsers and Node.js 18 have.
  before(:context) do
    wanted = "new DecompressionStream('deflate')"
    @able = PageScripts::NODE && system(PageScripts::NODE, "-e", wanted, out: File::NULL, err: File::NULL)
  end

  before { skip "Node.js 18 or newer is not here" unless @able }

  let(:recorded) { profile_by_hand { PageScripts::JOB.run } }
  let(:result) { read(RubyProf::CallStackPrinter.new(recorded).print(+"")) }

  def read(page)
    output, error, status = Open3.capture3(PageScripts::NODE, File.join(SPEC_ROOT, "support/decode_page.js"), PageScripts::ASSETS, stdin_data: page)
    raise error unless status.success?

    JSON.parse(output)
  end

  # The trees of a profile in preorder, as the API has them.
  def paths(profile)
    found = []
    waiting = profile.threads.map(&:call_tree).reverse
    while (tree = waiting.pop)
      total, own, wait = nanoseconds(tree)
      from = tree.source_file && "#{tree.source_file}:#{tree.line}"
      found << { "name" => tree.target.full_name, "depth" => tree.depth, "called" => tree.called, "total" => total, "own" => own, "wait" => wait, "from" => from }
      waiting.concat(tree.children.reverse)
    end
    found
  end

  def short(name)
    name.sub("PageScripts::Job#", "").sub("Profiling#profile_by_hand", "root")
  end

  it "read what the API has" do
    expect(result["paths"].map { |path| path.except("recursive", "calls") }).to eq paths(recorded)
    recursive = result["paths"].select { |path| path["recursive"] }
    expect(recursive.map { |path| short(path["name"]) }).to eq %w[deep deep deep]
  end

  it "know what was left out: the totals and the calls of what is there are whole" do
    some = read(RubyProf::CallStackPrinter.new(recorded).print(+"", min_percent: 5))["paths"]
    expect(some.map { |path| short(path["name"]) }).to eq %w[root run slow deep deep]
    expect(some.map { |path| path.except("recursive", "calls") }).to eq(paths(recorded).select { |path| path["total"] * 20 >= paths(recorded).first["total"] })
    expect(some.map { |path| path["calls"] }).to eq [1, 1, 1, 4, 4]
  end

  def numbers(paths) = paths.map { |path| path.values_at("name", "depth", "called", "total", "own", "wait") }

  it "show times as they were measured, to the nanosecond, and take that back" do
    counted = RubyProf.profile { 200.times { |i| PageScripts::JOB.deep(i % 5) } }
    RubyProf::Testing.charge(recorded, 700, 10_000, 0)
    { counted => {}, recorded => { min_percent: 5 }, profile { 1 } => { max_depth: 1 } }.each do |measured, options|
      [RubyProf::CallStackPrinter, RubyProf::FlameGraphPrinter].each do |printer|
        shown = read(printer.new(measured).print(+"", **options, compensate: true))
        kept = shown["paths"].map { |path| path.values_at("name", "depth", "called", "from") }
        as_measured = read(printer.new(measured).print(+"", compensate: false))["paths"]
        expect(as_measured.map { |path| path.values_at("name", "depth", "called", "from") }).to include(*kept)
        expect(numbers(as_measured)).to include(*numbers(shown["raw"]))
        expect(shown["rawMerged"].first["total"]).to eq as_measured.select { |path| path["depth"].zero? }.sum { |path| path["total"] }
        expect(shown["back"]).to be true
      end
    end
  end

  it "read several threads, waits and C functions" do
    threads = profile { 3.times { |i| Fiber.new { [3, 1, 2].sort_by { |n| n * i } }.resume } }
    read = read(RubyProf::FlameGraphPrinter.new(threads).print(+""))
    expect(read["paths"].map { |path| path.except("recursive", "calls") }).to eq paths(threads)
    expect(read["merged"].first).to include("name" => "All threads", "called" => 4, "total" => paths(threads).select { |path| path["depth"].zero? }.sum { |path| path["total"] })
  end

  it "show what is above the threshold and open what is above the expansion" do
    # What is opened to show nothing says what it hides.
    expect(result.dig("stack", "start").map { |row| short(row) }).to eq ["thread", "root", "  run", "    slow", "      1 hidden", "    deep"]
  end

  it "open and close everything" do
    expect(result.dig("stack", "collapsed")).to eq %w[thread Profiling#profile_by_hand]
    expect(result.dig("stack", "all").size).to eq paths(recorded).size + 1
    expect(result.dig("stack", "order").sort).to eq [*0...paths(recorded).size]
    expect(result.dig("stack", "revealed")).to be_positive
  end

  it "show callees by total" do
    order = result.dig("stack", "all").map { |row| short(row.strip) }
    expect(order).to eq %w[thread root run slow quick deep deep deep deep quick quick quick quick]
  end

  it "lay boxes out over the width" do
    boxes = result["boxes"]
    expect(boxes["levels"].first).to eq [["Profiling#profile_by_hand", 0, 1000]]
    run = result["paths"][1]
    third = boxes["levels"][2]
    expect(third.map { |name, _, _| short(name) }).to eq %w[slow quick deep]
    expect(third.map(&:last)).to match(result["paths"].select { |path| path["depth"] == 2 }.map { |path| be_within(1e-6).of(path["total"] * 1000.0 / run["total"]) })
    expect(result["ordered"]["levels"][2].map { |name, _, _| short(name) }).to eq %w[slow deep quick]
  end

  it "keep the callers of a zoomed box" do
    zoomed = result["zoomed"]
    expect(zoomed["callers"]).to eq 2
    expect(zoomed["levels"].first(3).flatten(1).map { |_, x, w| [x, w] }).to eq [[0, 1000]] * 3
  end

  it "merge recursion into one box without counting anything twice" do
    folded = result["folded"]
    expect(folded.map { |path| short(path["name"]) }).to eq %w[root run slow quick quick deep quick]
    expect(folded.first["total"]).to eq paths(recorded).first["total"]
    deep = folded.find { |path| path["name"].end_with?("#deep") }
    expect(deep).to include("called" => 4, "own" => 80_000, "total" => 83_000, "recursive" => true)
  end

  it "count nested matches once" do
    slow, deep = %w[slow deep].map { |name| result["paths"].find { |path| path["name"].end_with?("##{name}") } }
    expect(result["matching"]).to eq("total" => slow["total"] + deep["total"], "paths" => 5)
  end

  it "shorten names where there is no room" do
    expect(result["labels"]).to eq ["Shop::Admin::Cart#checkout", "Cart#checkout", "checkout", "ch…"]
    expect(result["singleton"]).to eq "checkout"
    expect(result["unnamed"]).to eq "resume"
  end

  it "write numbers as the other reports do" do
    expect(result["numbers"]).to eq ["1.23 ms", "33.33%", "0.00%"]
  end
end
