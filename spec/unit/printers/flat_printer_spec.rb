# frozen_string_literal: true

RSpec.describe RubyProf::FlatPrinter do
  module FlatFixtures
    class Job
      def run
        ManualClock.advance(1_000_000)
        fast
        slow
        again(1)
      end

      def fast
        ManualClock.advance(500_000)
      end

      def slow
        ManualClock.advance(8_000_000)
      end

      def again(times)
        ManualClock.advance(250_000)
        again(times - 1) if times.positive?
      end
    end
  end

  let(:recorded) { profile_by_hand { FlatFixtures::Job.new.run } }

  def print(**options)
    described_class.new(recorded).print(+"", **options)
  end

  # Rows of methods: a percentage first.
  def rows(text)
    text.lines.grep(/\A\s+\d+\.\d\d\s/).map(&:split)
  end

  def names(text)
    rows(text).map { |row| row[6].delete_prefix("*FlatFixtures::Job#") }
              .map { |name| name.delete_prefix("FlatFixtures::Job#") }
  end

  it "has ruby-prof's header" do
    thread = recorded.threads.first
    lines = print.lines.map(&:chomp)
    expect(lines).to include "Measure Mode: wall_time", "Thread ID: #{thread.id}", "Fiber ID: #{thread.fiber_id}", "Sort by: self_time"
    expect(lines.grep(/\ATotal: /)).to eq ["Total: 0.010000"]
    expect(lines.grep(/%self/).first.split).to match [
      "%self", /\Atotal/, /\Aself/, /\Await/, /\Achild/, "calls", "name", "location"
    ]
  end

  it "has a row for each method: share, times, calls, name and place" do
    slow = rows(print).find { |row| row[6].end_with?("#slow") }
    file, line = FlatFixtures::Job.instance_method(:slow).source_location
    expect(slow.first).to eq "80.00"
    expect(slow[1..4].map(&:to_f)).to eq [8000.0, 8000.0, 0.0, 0.0]
    expect(slow[5..]).to eq ["1", "FlatFixtures::Job#slow", "#{file}:#{line}"]
  end

  it "marks recursive methods" do
    expect(rows(print).map { |row| row[6] }.grep(/\A\*/)).to eq ["*FlatFixtures::Job#again"]
    expect(print).to include "* recursively called methods"
  end

  it "sorts by self time unless told otherwise" do
    expect(names(print).first(3)).to eq %w[slow run fast]
    expect(names(print(sort_method: :total_time)).first(3)).to eq %w[Profiling#profile_by_hand run slow]
    expect(names(print(sort_method: nil)).first(2)).to eq %w[Profiling#profile_by_hand run]
  end

  it "shows only shares within the limits" do
    expect(names(print(min_percent: 10))).to eq %w[slow run]
    expect(names(print(max_percent: 10))).not_to include "slow"
    expect(names(print(min_percent: 50, filter_by: :total_time))).to contain_exactly "slow", "run", "Profiling#profile_by_hand"
  end

  it "says so if that leaves nothing" do
    expect(rows(print(min_percent: 99))).to eq []
    expect(print(min_percent: 99)).to include "no method within the limits"
  end

  it "explains its columns and names" do
    expect(print).to include "Columns are:", "%self", "<Class::MyObject>#test", "[global]#"
  end

  it "names objects in the mode that counts them" do
    counted = profile(measure_mode: RubyProf::ALLOCATIONS) { Array.new(3) { +"" } }
    text = described_class.new(counted).print(+"")
    expect(text).to include "Measure Mode: allocations", "objects allocated"
    expect(text.lines.grep(/\ATotal: \d+$/).size).to eq 1
  end

  it "has a table for each thread, and one over all before them" do
    counted = profile { Fiber.new { 1.to_s }.resume }
    text = described_class.new(counted).print(+"")
    expect(text.scan("Thread ID: ").size).to eq 2
    expect(text).to include "Summary of 2 threads"
  end

  it "can print a profile that recorded nothing" do
    expect(described_class.new(RubyProf::Profile.new).print(+"")).to include "No thread was recorded"
  end
end
