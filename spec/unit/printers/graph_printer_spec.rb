# frozen_string_literal: true

RSpec.describe RubyProf::GraphPrinter do
  module GraphTextFixtures
    class Job
      def run
        ManualClock.advance(1_000_000)
        slow
        slow
        again(2)
      end

      def slow
        ManualClock.advance(4_000_000)
        helper
      end

      def helper
        ManualClock.advance(250_000)
      end

      def again(times)
        ManualClock.advance(100_000)
        again(times - 1) if times.positive?
      end
    end
  end

  let(:recorded) { profile_by_hand { GraphTextFixtures::Job.new.run } }

  def print(of = recorded, **options)
    described_class.new(of).print(+"", **options)
  end

  # The rows of each block, callers first.
  def blocks(text)
    text.split(/^-{150}$/).drop(1).map { |block| block.lines.drop(1).map(&:chomp).take_while { |line| !line.empty? } }
  end

  def block(text, name)
    blocks(text).find { |rows| rows.any? { |row| row.include?("%") && row.include?("Job##{name} ") } }
  end

  # Values, calls and name of a row.
  def row(line)
    words = line.delete("%").split
    [*words.grep(/\A[\d.]+\z/).map(&:to_f), *words.grep(%r{\A\d+/\d+\z}), words.grep(/#/).first]
  end

  it "has ruby-prof's header and columns" do
    thread = recorded.threads.first
    lines = print.lines.map(&:chomp)
    expect(lines).to include "Measure Mode: wall_time", "Thread ID: #{thread.id}", "Fiber ID: #{thread.fiber_id}",
                             "Total Time: 0.009800", "Sort by: total_time"
    expect(lines.grep(/%total/).first.split).to match [
      "%total", "%self", /\Atotal/, /\Aself/, /\Await/, /\Achild/, "calls", "name", "location"
    ]
  end

  it "has each method with its callers above and its callees below" do
    file, line = GraphTextFixtures::Job.instance_method(:slow).source_location
    caller, method, callee = block(print, "slow")
    expect(row(caller)).to eq [8500.0, 8000.0, 0.0, 500.0, "2/2", "GraphTextFixtures::Job#run"]
    expect(row(method)).to eq [86.73, 81.63, 8500.0, 8000.0, 0.0, 500.0, 2.0, "GraphTextFixtures::Job#slow"]
    expect(method).to end_with " #{file}:#{line}"
    expect(row(callee)).to eq [500.0, 500.0, 0.0, 0.0, "2/2", "GraphTextFixtures::Job#helper"]
  end

  it "counts recursive calls once" do
    inner, outer, method, callee = block(print, "again")
    expect(row(inner)).to eq [200.0, 200.0, 0.0, 0.0, "2/3", "GraphTextFixtures::Job#again"]
    expect(row(outer)).to eq [300.0, 100.0, 0.0, 200.0, "1/3", "GraphTextFixtures::Job#run"]
    expect(method).to include " *GraphTextFixtures::Job#again"
    expect(row(callee)).to eq [200.0, 200.0, 0.0, 0.0, "2/3", "GraphTextFixtures::Job#again"]
  end

  it "sorts by total time unless told otherwise" do
    names = ->(text) { blocks(text).map { |rows| rows.find { |row| row.include?("%") }[/#(\w+)/, 1] } }
    expect(names[print]).to eq %w[profile_by_hand run slow helper again]
    expect(names[print(sort_method: :self_time)].first(2)).to eq %w[slow run]
  end

  it "counts callers and callees below the limits" do
    text = print(min_percent: 80)
    expect(blocks(text).size).to eq 3
    expect(block(text, "slow").last).to end_with "2/2     (1 more callee, below the limits)"
    expect(print(min_time: 0.0085)).not_to include "Job#again"
    expect(print(max_depth: 1)).to satisfy { |shown| blocks(shown).size == 2 }
  end

  it "explains its columns and names" do
    expect(print).to include "* recursively called methods", "Columns are:", "callers", "callees", "<Class::MyObject>#test"
  end

  it "can print a profile that recorded nothing" do
    expect(print(RubyProf::Profile.new)).to include "No thread was recorded"
  end
end
