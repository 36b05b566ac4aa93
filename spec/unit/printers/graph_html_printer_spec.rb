# frozen_string_literal: true

RSpec.describe RubyProf::GraphHtmlPrinter do
  module GraphFixtures
    class Job
      def run
        ManualClock.advance(1_000_000)
        slow
      end

      def slow
        ManualClock.advance(9_000_000)
      end

      define_method(:"<b>&\"'") { nil }
    end
  end

  let(:recorded) { profile_by_hand { GraphFixtures::Job.new.run } }

  def print(**options)
    described_class.new(recorded).print(+"", **options)
  end

  it "is one whole page" do
    expect(print).to start_with "<!DOCTYPE html>"
    expect(print.rstrip).to end_with "</html>"
    expect(print.encoding).to eq Encoding::UTF_8
    expect(print).to be_valid_encoding
  end

  it "needs nothing from elsewhere" do
    expect(print).not_to match(/<(?:script|img|iframe)[^>]*\ssrc=|<link[^>]*\shref=|@import/)
  end

  it "names methods and their places" do
    file, line = GraphFixtures::Job.instance_method(:slow).source_location
    expect(print).to include "GraphFixtures::Job#run", "GraphFixtures::Job#slow", "#{File.basename(file)}:#{line}"
  end

  it "has ruby-prof's columns" do
    expect(print).to match(/<th[^>]*>(?:<[^>]*>)*\s*(?:%\s*)?Total/i)
  end

  it "leaves out what the limits say" do
    expect(print(min_percent: 95)).not_to include "GraphFixtures::Job#slow</"
    expect(print(max_depth: 0).scan("GraphFixtures::Job#run").size).to be < print.scan("GraphFixtures::Job#run").size
  end

  it "shows names as text, whatever they are" do
    strange = profile_by_hand { GraphFixtures::Job.new.public_send(:"<b>&\"'") }
    page = described_class.new(strange).print(+"")
    expect(page).to include "&lt;b&gt;&amp;"
    expect(page).not_to include "Job#<b>"
  end

  it "has the title it is given, as text" do
    expect(print(title: "A <title>")).to include "A &lt;title&gt;"
  end

  it "shows allocations if they were tracked" do
    tracked = profile(track_allocations: true) { GraphFixtures::Job.new }
    expect(described_class.new(tracked).print(+"")).to include "GraphFixtures::Job"
  end

  it "can print a profile that recorded nothing" do
    expect(described_class.new(RubyProf::Profile.new).print(+"")).to start_with "<!DOCTYPE html>"
  end
end
