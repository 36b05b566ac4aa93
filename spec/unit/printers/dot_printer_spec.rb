# frozen_string_literal: true

require "open3"
require "optparse"

RSpec.describe RubyProf::DotPrinter do
  module DotFixtures
    class Job
      def run
        ManualClock.advance(1_000_000)
        slow
        public_send(:'say "hi" \N & <b>')
      end

      def slow
        ManualClock.advance(9_000_000)
        Job.helper
      end

      define_method(:'say "hi" \N & <b>') { ManualClock.advance(5) }

      def self.helper
        ManualClock.advance(7)
      end
    end
  end

  let(:recorded) { profile_by_hand { DotFixtures::Job.new.run } }

  def print(of = recorded, **options)
    described_class.new(of).print(+"", **options)
  end

  # Edges as [caller, callee, label].
  def edges(dot)
    labels = dot.scan(/^(t\d+_m\d+) \[label="(.*?)\\ntotal/).to_h
    dot.scan(/^(\S+) -> (\S+) \[label="(.*?)"/).map { |from, to, label| [labels.fetch(from), labels.fetch(to), label] }
  end

  it "has every call between the methods shown, whatever they are sorted by" do
    [nil, :total_time, :self_time, :wait_time, :children_time].each do |column|
      expect(edges(print(sort_method: column))).to contain_exactly(
        ["Profiling#profile_by_hand", "DotFixtures::Job#run", "1/1"],
        ["DotFixtures::Job#run", "DotFixtures::Job#slow", "1/1"],
        ["DotFixtures::Job#run", 'DotFixtures::Job#say \"hi\" \\\\N &amp; <b>', "1/1"],
        ["DotFixtures::Job#slow", "<Class::DotFixtures::Job>#helper", "1/1"]
      )
    end
  end

  it "has a cluster for each thread and each class" do
    two = print(profile { Fiber.new { 1.to_s }.resume })
    expect(two.scan(/^subgraph cluster_t\d+ /).size).to eq 2
    expect(print).to include 'label="DotFixtures::Job";', 'label="Profiling";'
  end

  it "shows only what is within the limits" do
    expect(edges(print(min_percent: 50)).map(&:last).size).to eq 2
    expect(print(min_percent: 95, filter_by: :self_time)).to include "no method within the limits"
  end

  it "can print a profile of no time at all" do
    nothing = print(profile_by_hand { nil })
    expect(nothing).to include "total 0.00%"
    expect(print(RubyProf::Profile.new)).to match(/\Adigraph "Profile" \{.*\}\n\z/m)
  end

  # The drawing, which must succeed without a word.
  def drawn(dot)
    skip "Graphviz's dot is not installed (Debian: graphviz)" unless system("which dot", out: File::NULL)

    svg, errors, status = Open3.capture3("dot", "-Tsvg", stdin_data: dot)
    expect([status.success?, errors]).to eq [true, ""]
    svg.force_encoding(Encoding::UTF_8)
  end

  # Graphviz cannot rank classes that call each other in circles without newrank.
  it "is drawn by Graphviz when many classes call each other" do
    parsing = lambda do
      options = OptionParser.new { |parser| parser.on("-a", "--all N", Integer) {} and parser.on("--[no-]b") {} }
      options.parse(%w[--all 3 --no-b x])
      options.help
    end
    dot = print(profile(&parsing))
    expect(drawn(dot).scan('class="edge"').size).to eq dot.scan(" -> ").size
  end

  it "is drawn by Graphviz, with the names as they are" do
    svg = drawn(print(title: 'A "title"'))
    texts = svg.scan(%r{<text[^>]*>(.*?)</text>}).flatten
    expect(texts).to include "DotFixtures::Job#say &quot;hi&quot; \\N &amp; &lt;b&gt;", "A &quot;title&quot;", "DotFixtures::Job"
    expect(svg.scan('class="edge"').size).to eq 4
    expect(svg.scan('class="node"').size).to eq 5
  end
end
