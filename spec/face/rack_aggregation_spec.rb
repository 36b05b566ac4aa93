# frozen_string_literal: true

require "stringio"
require "tmpdir"

# What needs Profile#save, RubyProf.merge and Profile#merge!.
RSpec.describe Rack::RubyProf, "aggregate:", stress: false do
  around { |example| Dir.mktmpdir("ruby-prof-rack-") { |path| @path = path and example.run } }

  attr_reader :path

  # What requests do.
  module Work
    def self.tick = nil
  end

  let(:errors) { StringIO.new }

  def middleware(**options)
    described_class.new(->(_env) { Work.tick && nil }, path: path, printers: { RubyProf::FlatPrinter => "flat.txt" },
                                                       min_percent: 0, request_thread_only: true, **options)
  end

  def get(made, request_path)
    made.call({ "PATH_INFO" => request_path, "rack.errors" => errors })
  end

  def reports
    Dir.children(path).sort.to_h { |name| [name, File.read("#{path}/#{name}")[/(\d+)\s+<Module::Work>#tick/, 1].to_i] }
  end

  after { expect(errors.string).to eq(@complaint || "") }

  it "writes one report for so many requests to a path" do
    made = middleware(aggregate: 3)
    2.times { get(made, "/a") }
    get(made, "/b")
    expect(reports).to be_empty
    get(made, "/a")
    expect(reports).to eq("a-flat.txt" => 3)
    made.flush
    expect(reports).to eq("a-flat.txt" => 3, "b-flat.txt" => 1)
  end

  it "writes one report for so many requests to all paths" do
    made = middleware(aggregate: 3, aggregate_by: :all)
    %w[/a /b /c].each { |name| get(made, name) }
    expect(reports).to eq("all-requests-flat.txt" => 3)
  end

  it "counts requests at the same time" do
    made = middleware(aggregate: 40, aggregate_by: :all)
    Array.new(4) { Thread.new { 10.times { get(made, "/a") } } }.each(&:join)
    expect(reports).to eq("all-requests-flat.txt" => 40)
  end

  it "keeps no report for each of very many paths" do
    stub_const("Rack::RubyProf::Aggregation::MOST_GROUPS", 3)
    made = middleware(aggregate: 100)
    10.times { |n| get(made, "/#{n}") }
    made.flush
    expect(reports).to eq("0-flat.txt" => 1, "1-flat.txt" => 1, "2-flat.txt" => 1, "other-paths-flat.txt" => 7)
  end

  it "leaves what its parent has counted to the parent" do
    made = middleware(aggregate: 3)
    2.times { get(made, "/a") }
    [-> { made.flush }, -> { get(made, "/a") }].each do |work|
      Process.wait(fork { work.call; exit!(true) })
    end
    expect(reports).to be_empty
    get(made, "/a")
    expect(reports).to eq("a-flat.txt" => 3)
  end

  it "removes what it kept" do
    Dir.mktmpdir("ruby-prof-spec-") do |scratch|
      allow(Dir).to receive(:tmpdir).and_return(scratch)
      made = middleware(aggregate: 2)
      3.times { get(made, "/a") }
      made.flush
      expect(Dir.children(scratch)).to be_empty
    end
  end

  def in_scratch
    Dir.mktmpdir("ruby-prof-spec-") do |scratch|
      allow(Dir).to receive(:tmpdir).and_return(scratch)
      yield scratch
    end
  end

  it "removes its directory when all was written before" do
    in_scratch do |scratch|
      made = middleware(aggregate: 2)
      2.times { get(made, "/a") }
      made.flush
      made.flush
      expect([Dir.children(scratch), reports]).to eq [[], { "a-flat.txt" => 2 }]
      # It begins anew.
      get(made, "/b")
      made.flush
      expect([Dir.children(scratch), reports]).to eq [[], { "a-flat.txt" => 2, "b-flat.txt" => 1 }]
    end
  end

  it "goes on when somebody cleans the directory for temporary files" do
    in_scratch do |scratch|
      made = middleware(aggregate: 2)
      %w[/a /b].each { |name| get(made, name) }
      FileUtils.rm_rf(Dir.glob("#{scratch}/*"))
      %w[/a /b /c /c].each { |name| get(made, name) }
      expect(reports).to eq("a-flat.txt" => 1, "b-flat.txt" => 1, "c-flat.txt" => 2)
      made.flush
      expect(Dir.children(scratch)).to eq []
    end
    @complaint = %w[a b].map { |name| "Rack::RubyProf: the profiles of 1 requests to #{name} were deleted before they were added up\n" }.join
  end

  it "can be flushed in a trap" do
    script = <<~RUBY
      require "ruby-prof"
      made = Rack::RubyProf.new(->(env) {}, path: ARGV[0], printers: { RubyProf::FlatPrinter => "flat.txt" }, aggregate: 9)
      3.times { made.call({ "PATH_INFO" => "/a" }) }
      trap("TERM") { made.flush; exit }
      Process.kill("TERM", Process.pid)
      sleep
    RUBY
    in_scratch do |scratch|
      ended = ruby(script, path, env: { "TMPDIR" => scratch })
      expect([ended.stderr, Dir.children(path), Dir.children(scratch)]).to eq ["", ["a-flat.txt"], []]
    end
  end
end
