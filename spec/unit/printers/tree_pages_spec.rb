# frozen_string_literal: true

require "cgi"
require "json"
require "zlib"

# The pages that carry call trees as data. What is in the data is told by the Rust tests and by
# page_scripts_spec.rb; this is what the Ruby classes add.
RSpec.describe "The pages of call trees" do
  module TreePageFixtures
    class Job
      def run
        ManualClock.advance(500_000)
        slow
        quick
      end

      def slow
        ManualClock.advance(9_000_000)
      end

      def quick
        ManualClock.advance(400_000)
        tiny
      end

      def tiny
        ManualClock.advance(100_000)
      end

      define_method(:"</script><b>&\"'") { nil }
    end

    JOB = Job.new
    ROOT = "Profiling#profile_by_hand"
    RUN, SLOW, QUICK, TINY = %w[run slow quick tiny].map { |name| "TreePageFixtures::Job##{name}" }
  end

  let(:recorded) { profile_by_hand { TreePageFixtures::JOB.run } }

  def names(page)
    JSON.parse(page[%r{<script type="application/json" id="names">(.*?)</script>}m, 1])
  end

  # Methods on the page, in the order of their first call.
  def methods(page)
    names(page)["methods"].map(&:first)
  end

  def paths(page)
    Zlib.inflate(page[%r{id="paths">(.*?)</script>}m, 1].unpack1("m0"))
  end

  # Names of the rows that need no JavaScript.
  def rows(page)
    page.scan(%r{<td class="name".*?>(.*?)</td>}m).flatten.map { |cell| CGI.unescapeHTML(cell.gsub(/<[^>]*>/, "")) }
  end

  shared_examples "a page of call trees" do |title|
    def page(of = recorded, **options)
      described.new(of).print(+"", **options)
    end

    it "is one whole page of valid UTF-8 that needs nothing from elsewhere" do
      expect(page).to start_with("<!DOCTYPE html>\n").and end_with("</html>\n")
      expect(page.encoding).to eq Encoding::UTF_8
      expect(page.valid_encoding?).to be true
      expect(page.scan(/<(?:script|img|iframe)\b[^>]*\ssrc=|@import|https?:/)).to eq []
    end

    it "carries all paths" do
      fixtures = TreePageFixtures
      expect(methods(page)).to eq [fixtures::ROOT, fixtures::RUN, fixtures::SLOW, fixtures::QUICK, fixtures::TINY]
      expect(paths(page).bytes.first).to eq 5
    end

    it "says something without JavaScript" do
      fixtures = TreePageFixtures
      expect(rows(page)).to eq [fixtures::ROOT, fixtures::RUN, fixtures::SLOW, fixtures::QUICK, fixtures::TINY]
    end

    it "leaves out paths that are not within the limits and lead to none that is" do
      fixtures = TreePageFixtures
      [{ min_percent: 10 }, { min_time: 0.001 }, { max_depth: 2, min_percent: 6 }, { nonzero: true }].each do |options|
        expect(methods(page(**options))).to eq([fixtures::ROOT, fixtures::RUN, fixtures::SLOW]), options.inspect
      end
      expect(methods(page(max_depth: 1))).to eq [fixtures::ROOT, fixtures::RUN]
      expect(methods(page(max_percent: 2))).to eq [fixtures::ROOT, fixtures::RUN, fixtures::QUICK, fixtures::TINY]
      expect(methods(page(min_percent: 4, max_percent: 6, filter_by: :self_time))).to eq [fixtures::ROOT, fixtures::RUN, fixtures::QUICK]
      expect(page(min_percent: 10)).to include "3 of 5 call paths"
    end

    it "is headed by its title, which is text" do
      expect(page[%r{<h1>(.*?)</h1>}, 1]).to eq title
      expect(page(title: "A </title> & B")[%r{<h1>(.*?)</h1>}, 1]).to eq "A &lt;/title&gt; &amp; B"
      expect(described.new(recorded).title).to eq title
    end

    it "shows names as text, whatever they are" do
      strange = page(profile_by_hand { TreePageFixtures::JOB.public_send(:"</script><b>&\"'") })
      expect(methods(strange)).to include %(TreePageFixtures::Job#</script><b>&"')
      expect(strange).not_to include "</script><b>"
    end

    it "can print what recorded nothing, and what took no time" do
      expect(page(RubyProf::Profile.new)).to include "No thread was recorded"
      still = page(profile_by_hand { TreePageFixtures::JOB.itself })
      expect(rows(still)).to include TreePageFixtures::ROOT
    end

    it "shows objects and bytes as such" do
      objects = page(profile(measure_mode: RubyProf::ALLOCATIONS) { Array.new(3) { Object.new } })
      expect(objects).to include('<body data-unit="objects">').and match(/title="\d+ objects"/)
      bytes = page(profile(measure_mode: RubyProf::MEMORY) { Array.new(3) { Object.new } })
      expect(bytes).to include '<body data-unit="bytes">'
    end

    it "has every fiber, those beyond max_threads aside" do
      fibers = profile { 3.times { Fiber.new { 1.to_s }.resume } }
      expect(names(page(fibers))["threads"].size).to eq 4
      expect(page(fibers)).to include "<dt>Threads</dt><dd>4</dd>"
    end
  end

  describe RubyProf::CallStackPrinter do
    let(:described) { RubyProf::CallStackPrinter }

    include_examples "a page of call trees", "ruby-prof call stack"

    it "has ruby-prof's defaults" do
      expect(described_class.new(recorded)).to have_attributes(threshold: 1.0, expansion: 10.0, application: $PROGRAM_NAME, filter_by: :total_time, sort_method: :total_time)
    end

    it "starts with the threshold and the expansion it is given, and names the program" do
      page = page(threshold: 0.25, expansion: 40, application: "bin/<shop>", sort_method: :self_time)
      expect(names(page)).to include("threshold" => 0.25, "expansion" => 40, "sort" => "self_time")
      expect(page).to include('id="threshold" type="number" min="0" max="100" step="any" value="0.25"').and include("bin/&lt;shop&gt;</span> · Wall Time")
    end

    it "takes no threshold, expansion or program that cannot be used" do
      { threshold: -1, expansion: "much", application: 3, title: 7 }.each do |name, value|
        expect { page(name => value) }.to raise_error(ArgumentError, /#{name}: #{value.inspect} cannot be used/)
      end
    end

    it "has the longest running threads only, and says so" do
      fibers = profile { 3.times { Fiber.new { 1.to_s }.resume } }
      page = page(fibers, max_threads: 2)
      expect(names(page)["threads"].size).to eq 2
      expect(page).to include "Only the 2 longest running of 4 threads"
    end
  end

  describe RubyProf::FlameGraphPrinter do
    let(:described) { RubyProf::FlameGraphPrinter }

    include_examples "a page of call trees", "ruby-prof flame graph"

    it "offers the longest running threads, and has all of them together" do
      fibers = profile { 3.times { Fiber.new { 1.to_s }.resume } }
      page = page(fibers, max_threads: 2)
      expect(names(page)["threads"].size).to eq 4
      expect(page[/data-chosen="([\d ]*)"/, 1].split.size).to eq 2
    end
  end
end
