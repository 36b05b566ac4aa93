# frozen_string_literal: true

require "open3"
require "sample_project"
require "tmpdir"

# What the README shows runs as it is written.
RSpec.describe "README.md" do
  root = File.expand_path("../..", __dir__)
  all = File.read("#{root}/README.md", encoding: Encoding::UTF_8).scan(/^```ruby\n(.*?)^```/m).flatten
  specs, blocks = all.partition { |text| text.start_with?("# spec") }

  # What the examples of specs are about.
  program = <<~RUBY
    class ScoreMap
      def initialize(scores) = @scores = scores
      def serialize = to_int_array.flatten.pack("l*")
      def to_int_array = @scores.map { |item, score| [item, (score / (scale_factor + 1)).to_i] }
      def scale_factor = @scale_factor ||= @scores.values.max_by(&:abs).abs / 1000.0
    end
    class Importer
      def call = "imported".upcase
    end
    class Database
      def self.query(text) = text
    end
    class Template
      def compile = "compiled"
    end
    class Page
      def render = Template.new.compile + Database.query("posts")
    end
    class Version
      attr_reader :number
      def initialize(number) = @number = number
      def <=>(other) = number <=> other.number
    end
    module Things
      def scores(n) = Array.new(n) { |item| [item, item * 2.5] }.to_h
      def page = @page ||= Page.new
      def versions(n) = Array.new(n) { |index| Version.new(index * 7919 % 104_729) }
      def serialize(n) = ScoreMap.new(scores(n)).serialize
    end
  RUBY

  it "has programs" do
    expect(blocks.size).to be >= 4
  end

  it "shows specs that pass" do
    lines = specs.join.lines.grep(/^(?:it|expect)/)
    examples = lines.each_with_index.map { |line, index| line.start_with?("it") ? line : "it(#{index}) { #{line.sub(/\s+# .*/, "").chomp} }\n" }
    spec = "require 'program'\nrequire 'ruby-prof/rspec'\nRSpec.describe ScoreMap do\ninclude Things\n#{examples.join}end\n"
    expect(lines.size).to be >= 8
    SampleProject.open("program.rb" => program, "spec/readme_spec.rb" => spec) do |project|
      run = project.rspec
      expect(run.outcomes.reject { |_, outcome| outcome == :passed }).to eq({})
      expect(run.outcomes.size).to eq lines.size
    end
  end

  # Four blanks before each line, up to the next paragraph.
  def shown(file, first)
    text = File.read(File.join(GEM_ROOT, file), encoding: Encoding::UTF_8)
    text[/^    #{Regexp.escape(first)}.*\n(?: {4}.*\n|\n(?= {4}))*/].lines.map { |line| line.delete_prefix("    ").rstrip }
  end

  # Without numbers, without the mark that depends on them, and without the place where this Ruby has its own methods.
  def form(line)
    line.sub(/<internal:.*/, "").gsub(/~?\d+(?:\.\d+)?/, "0").squeeze(" ").strip
  end

  it "shows what the demo prints, but for the numbers" do
    Dir.mktmpdir do |directory|
      output, status = Open3.capture2e(RbConfig.ruby, "-I", "lib", "examples/score_map.rb", "#{directory}/page.html", chdir: root)
      expect(status).to be_success
      forms = output.lines.map { |line| form(line) }
      wanted = shown("README.md", "Measure Mode").reject { |line| line.strip == "..." }
      expect(wanted.size).to be >= 12
      # A method that is marked as uncertain may have nothing left, and is below the demo's limit then.
      wanted = wanted.reject { |line| line.include?(" ~") }
      # Whether there was anything to collect is the machine's matter.
      wanted, ledger = wanted.partition { |line| !line.start_with?("Ledger: ") }
      expect(ledger.size).to eq 1
      expect(wanted.map { |line| form(line) } - forms).to eq []
    end
  end

  it "shows what the failing expectation says, as the page on RSpec does" do
    wanted = shown("README.md", "expected the same number of calls")
    expect(shown("docs/rspec.md", "expected the same number of calls")).to eq wanted
    SampleProject.open("examples/score_map_spec.rb" => File.read("#{root}/examples/score_map_spec.rb")) do |project|
      run = project.rspec("examples/score_map_spec.rb", "-e", "looks for the largest score once")
      expect(run.outcomes.values.first.lines.map(&:rstrip)).to eq ["RSpec::Expectations::ExpectationNotMetError: #{wanted.first}", *wanted.drop(1)]
    end
  end

  blocks.each.with_index(1) do |program, number|
    it "shows program #{number}, which runs without a warning" do
      Dir.mktmpdir do |directory|
        output, status = Open3.capture2e(RbConfig.ruby, "-w", "-I", "#{root}/lib", "-r", "ruby-prof", "-e", program, chdir: directory)
        expect([status.exitstatus, output[/warning: .*/]]).to eq [0, nil]
        expect(output).to match(/\d+/) if program.match?(/\b(?:puts|print)\b/)
      end
    end
  end
end
