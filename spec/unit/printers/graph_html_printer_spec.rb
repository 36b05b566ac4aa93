# frozen_string_literal: true

require "graph_page"

RSpec.describe RubyProf::GraphHtmlPrinter do
  module GraphFixtures
    class Job
      def run
        ManualClock.advance(1_000_000)
        slow
        slow
      end

      def slow
        ManualClock.advance(4_500_000)
      end

      def make
        Array.new(3) { Object.new }
      end

      define_method(:"<b>&\"'") { nil }
    end

    JOB = Job.new
    ROOT = "Profiling#profile_by_hand"
    RUN = "GraphFixtures::Job#run"
    SLOW = "GraphFixtures::Job#slow"
  end

  let(:recorded) { profile_by_hand { GraphFixtures::JOB.run } }

  def page(of = recorded, **options)
    GraphPage.new(described_class.new(of).print(+"", **options))
  end

  def names(rows)
    rows.map(&:name)
  end

  it "is one whole page of valid UTF-8" do
    source = page.source
    expect(source.lines.first).to eq "<!DOCTYPE html>\n"
    expect(source.lines.last).to eq "</html>\n"
    expect(source.encoding).to eq Encoding::UTF_8
    expect(source.valid_encoding?).to be true
  end

  it "needs nothing from elsewhere" do
    expect(page.source.scan(/<(?:script|img|iframe)\b[^>]*\ssrc=|@import|https?:/)).to eq []
    expect(page.markup.scan(/<link\b[^>]*href="(.*?)"/).flatten.reject { |address| address.start_with?("data:") }).to eq []
  end

  it "has ruby-prof's columns, in its order" do
    expect(page.headers).to eq %w[%Total %Self Total Self Wait Child Calls Name Line]
  end

  it "has each method's shares, times, calls and place" do
    file, line = GraphFixtures::Job.instance_method(:slow).source_location
    slow = page.method_named(GraphFixtures::SLOW)
    expect(slow.percents).to eq %w[90.00% 90.00%]
    expect(slow.times).to eq [9_000_000, 9_000_000, 0, 0]
    expect(slow.calls).to eq "2"
    expect(slow.place).to eq "#{file}:#{line}"
    expect(page.method_named(GraphFixtures::RUN).times).to eq [10_000_000, 1_000_000, 0, 9_000_000]
  end

  it "has each method's callers and callees" do
    expect(names(page.callers)).to contain_exactly GraphFixtures::ROOT, GraphFixtures::RUN
    slow = page.callees.find { |row| row.name == GraphFixtures::SLOW }
    expect(slow.calls).to eq "2/2"
    expect(slow.times).to eq [9_000_000, 9_000_000, 0, 0]
  end

  it "sorts by total time unless told otherwise" do
    expect(names(page.methods)).to eq [GraphFixtures::ROOT, GraphFixtures::RUN, GraphFixtures::SLOW]
    expect(names(page(sort_method: :self_time).methods).first).to eq GraphFixtures::SLOW
  end

  it "shows only what is within the limits" do
    expect(names(page(min_percent: 95).methods)).to eq [GraphFixtures::ROOT, GraphFixtures::RUN]
    expect(names(page(max_percent: 95).methods)).to eq [GraphFixtures::SLOW]
    expect(names(page(max_depth: 1).methods)).to eq [GraphFixtures::ROOT, GraphFixtures::RUN]
    expect(names(page(min_time: 0.0095).methods)).to eq [GraphFixtures::ROOT, GraphFixtures::RUN]
  end

  it "shows names as text, whatever they are" do
    strange = page(profile_by_hand { GraphFixtures::JOB.public_send(:"<b>&\"'") })
    expect(names(strange.methods)).to include %(GraphFixtures::Job#<b>&"')
    expect(strange.source.scan("#<b>")).to eq []
  end

  it "has the title it is given, as text" do
    expect(page(title: "A <title>").markup[%r{<h1>(.*?)</h1>}, 1]).to eq "A &lt;title&gt;"
  end

  it "shows allocations if they were tracked" do
    tracked = page(profile(track_allocations: true, c_calls: false) { GraphFixtures::JOB.make })
    expect(tracked.headers).to include "Allocations"
    expect(tracked.markup).to match(/4 objects/).and match(/Array/)
  end

  it "has a section for each thread, and one over all" do
    sections = ->(page) { page.markup.scan('<section class="graph"').size }
    expect(sections.call(page)).to eq 1
    expect(sections.call(page(profile { Fiber.new { 1.to_s }.resume }))).to eq 3
  end

  it "can print a profile that recorded nothing" do
    expect(page(RubyProf::Profile.new).methods).to eq []
  end
end
