# frozen_string_literal: true

require "tmpdir"

RSpec.describe RubyProf::AbstractPrinter, "overhead" do
  module OverheadFixtures
    class Cart
      def total
        ManualClock.advance(50_000_000)
        # No `times`, which is Ruby code on some Rubies.
        calls = 0
        price while (calls += 1) <= 100
      end

      def price
        ManualClock.advance(40_010)
      end
    end
  end

  # 40 us a call, with an uncertainty of 1 %; 10 ns of each are GC time.
  let(:recorded) do
    profile_by_hand(compensate: false) { OverheadFixtures::Cart.new.total }.tap { |profile| RubyProf::Testing.charge(profile, 40_000, 10_000, 10) }
  end

  def text(printer = RubyProf::FlatPrinter, **options)
    printer.new(recorded).print(+"", **options)
  end

  def self_times(text)
    text.lines.grep(/\A\s*\d+\.\d\d\s/).to_h { |line| line.split.values_at(6, 2) }.transform_keys { |name| name[/#(.*)/, 1] }
  end

  def overhead(text)
    text[/^(?:desc: )?Overhead: .*$/]
  end

  it "is included by default, or subtracted if that is wanted", :one_moment do
    expect(self_times(text)).to include("total" => "50000.000", "price" => "4001.000")
    expect(overhead(text)).to eq "Overhead: 0.004040 of 0.054001 measured (7.5%) is included, +- 0.000041: times are raw"
    without = text(compensate: true)
    expect(self_times(without)).to include("total" => "49960.000", "price" => "~1.000")
    expect(overhead(without)).to eq "Overhead: 0.004040 of 0.054001 measured (7.5%) is subtracted, +- 0.000041"
    expect(without).to include "\nTotal: 0.049961\n", "\n~ self is less than the uncertainty"
    expect(text(compensate: nil)).to eq text
  end

  it "is given back to the nanosecond", :one_moment do
    printer = RubyProf::FlatPrinter.new(recorded)
    raw = printer.print(+"")
    expect(printer.print(+"", compensate: true)).not_to eq raw
    expect(printer.print(+"", compensate: false)).to eq raw
    expect(recorded.threads.first.total_time).to eq 0.054001
  end

  it "goes with filters, and to printers that are derived" do
    expect(self_times(text(compensate: true, exclude: "OverheadFixtures::Cart#price"))).to include("total" => "49961.000")
    times = Class.new(described_class) do
      def print_methods(thread)
        @output << thread.methods.map(&:self_time).max.to_s
      end
    end
    expect(text(times, compensate: true)).to include "0.04996"
    expect(text(times)).to include "0.05"
  end

  it "is in the head of every report" do
    [RubyProf::GraphPrinter, RubyProf::CallInfoPrinter].each do |printer|
      expect(overhead(text(printer, compensate: true))).to end_with "is subtracted, +- 0.000041"
      expect(text(printer)).to match(/^Ledger: 0\.054001 = running 0\.0499\d\d (?:\+ GVL wait \S+ \S+ )?\+ GC 0\.000002 \(<0\.1%\) \+ profiler 0\.004040 \(7\.5%\)$/)
    end
    expect(text(RubyProf::DotPrinter, compensate: true)).to match(/label=".*\\lOverhead: .* is subtracted, .*\\lLedger: 0\.054001 = running/)
    [RubyProf::GraphHtmlPrinter, RubyProf::CallStackPrinter, RubyProf::FlameGraphPrinter].each do |printer|
      expect(text(printer)).to include ">Overhead, included</dt>", ">4.04 ms <", ">± 40.4 µs · 7.5%</span>", "<dt>GC</dt>"
      expect(text(printer, compensate: true)).to include ">Overhead, subtracted</dt>", ">50.0 ms</dd>"
    end
    Dir.mktmpdir do |directory|
      files = RubyProf::CallTreePrinter.new(recorded).print(path: directory, compensate: true)
      expect(File.read(files.first)).to include "desc: Overhead: 0.004040 of 0.054001 measured (7.5%) is subtracted", "summary: 49961000\n"
      RubyProf::MultiPrinter.new(recorded, [:flat]).print(path: directory, compensate: true)
      expect(File.read("#{directory}/profile.flat.txt")).to include "is subtracted"
    end
  end

  it "is what the page of the graph says of each method, and which self times are no more than its uncertainty" do
    price = ->(page) { page[%r{<tr class="method">(?:(?!</tr>).)*#price}] }
    raw = price[text(RubyProf::GraphHtmlPrinter)]
    expect(raw).to include 'title="4,000,000 ns of overhead, 99.98% of self as measured"', ">4.00 ms<"
    expect(raw).not_to include "~"
    page = text(RubyProf::GraphHtmlPrinter, compensate: true)
    expect(price[page]).to include "of self as measured: what is left is less than its uncertainty", ">~1.00 µs<"
    expect(page[/#total.*/]).not_to include "~50.0"
    expect(page).to include "<p>~ Self is less than the uncertainty"
  end

  it "has a column where that is wanted, as GC time has" do
    expect(text).not_to match(/%ovh|\bgc/)
    table = text(overhead: true, gc: true)
    expect(table[/^ %self.*/].split).to eq ["%self", "%ovh", "total(us)", "self(us)", "wait(us)", "child(us)", "gc(us)", "calls", "name", "location"]
    price = table.lines.grep(/#price/).first.split
    expect(price.values_at(1, 3, 6, 7)).to eq ["99.98", "4001.000", "1.000", "100"]
    graph = text(RubyProf::GraphPrinter, overhead: true, gc: true)
    expect(graph[/^ +%total.*/].split).to start_with "%total", "%self", "%ovh", "total(us)"
    expect(graph.lines.grep(/%.*#price/).first.split.values_at(2, 7)).to eq ["99.98%", "1.000"]
  end

  it "depends on whether operators were counted, which is said where C methods were recorded" do
    result = profile(operators: true) { [1].sum + 1 }
    expect(overhead(RubyProf::FlatPrinter.new(result).print(+""))).to end_with "; operators counted"
  end

  it "is none of objects" do
    objects = RubyProf::FlatPrinter.new(RubyProf::Profile.profile(measure_mode: RubyProf::ALLOCATIONS) { Object.new })
    expect(objects.print(+"", overhead: true, gc: true, compensate: true)).not_to match(/Overhead|GC|%ovh/)
  end

  it "is unknown where nobody measured it" do
    RubyProf::Testing.charge(recorded, 0, 0, 0)
    expect(overhead(text)).to eq "Overhead: unknown, times are raw"
    expect(text).not_to include "GC:"
  end
end
