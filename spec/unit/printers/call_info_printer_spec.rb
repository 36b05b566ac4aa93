# frozen_string_literal: true

RSpec.describe RubyProf::CallInfoPrinter do
  module CallInfoFixtures
    class Job
      def run
        ManualClock.advance(1_000_000)
        quick
        slow
      end

      def quick
        ManualClock.advance(1_000)
      end

      def slow
        ManualClock.advance(4_000_000)
      end

      def deep(levels)
        levels == 0 ? ManualClock.advance(1) : deep(levels - 1)
      end
    end
  end

  let(:recorded) { profile_by_hand { CallInfoFixtures::Job.new.run } }

  def print(of = recorded, **options)
    described_class.new(of).print(+"", **options)
  end

  def paths(text)
    text.lines.map(&:chomp).grep(/\(tt:/).map { |line| line.gsub(/CallInfoFixtures::Job#|Profiling#/, "") }
  end

  it "has a line for each call path, indented by depth" do
    expect(print).to include "Total Time: 0.005001", "Sort by: first call", "tt, st, wt and ct are in microseconds"
    expect(paths(print)).to eq [
      "profile_by_hand (tt:5001.000, st:0.000, wt:0.000, ct:5001.000, call:1)",
      "  run (tt:5001.000, st:1000.000, wt:0.000, ct:4001.000, call:1)",
      "    quick (tt:1.000, st:1.000, wt:0.000, ct:0.000, call:1)",
      "    slow (tt:4000.000, st:4000.000, wt:0.000, ct:0.000, call:1)"
    ]
  end

  it "sorts callees by a column if told to" do
    sorted = print(sort_method: :total_time)
    expect(sorted).to include "Sort by: total_time"
    expect(paths(sorted).map { |line| line[/\w+/] }).to eq %w[profile_by_hand run slow quick]
    printer = described_class.new(recorded)
    expect(printer.sort_method).to be_nil
  end

  it "shows paths within the limits and what leads to them" do
    names = ->(**options) { paths(print(**options)).map { |line| line[/\w+/] } }
    expect(names[min_percent: 50, filter_by: :self_time]).to eq %w[profile_by_hand run slow]
    expect(names[max_depth: 1]).to eq %w[profile_by_hand run]
    expect(names[min_time: 0.0045]).to eq %w[profile_by_hand run]
    expect(print(min_percent: 100, filter_by: :self_time)).to include "no method within the limits"
  end

  it "writes the depth as a number where blanks would grow without end" do
    deep = print(profile_by_hand { CallInfoFixtures::Job.new.deep(5_000) })
    expect(deep.bytesize).to be < 2_000_000
    expect(deep.scan("(tt:").size).to eq 5_002
    expect(deep).to include "#{" " * 80}[5001] CallInfoFixtures::Job#deep (tt:"
  end
end
