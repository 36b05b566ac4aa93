# frozen_string_literal: true

require "derived_printers"
require "json"
require "pathname"
require "tmpdir"

RSpec.describe RubyProf::AbstractPrinter, "as a superclass" do
  let(:recorded) { profile_by_hand { DerivedPrinters::Job.new.run } }
  let(:thread) { recorded.threads.first }

  def print(printer, ...)
    printer.new(recorded).print(+"", ...)
  end

  it "serves a printer of JSON, which has its own print" do
    data = JSON.parse(print(DerivedPrinters::Json))
    expect(data).to eq [{
      "id" => thread.id, "fiber" => thread.fiber_id, "total" => 0.01,
      "methods" => [["Profiling", "profile_by_hand", 1, 0.0], ["DerivedPrinters::Job", "run", 1, 0.001],
                    ["DerivedPrinters::Job", "slow", 1, 0.008], ["DerivedPrinters::Job", "again", 2, 0.001]]
    }]
    methods = ->(options) { JSON.parse(print(DerivedPrinters::Json, options)).first["methods"].map { |method| method[1] } }
    expect(methods[{ min_percent: 50 }]).to eq %w[slow]
    expect(methods[{ "min_percent" => 5 }]).to eq %w[run slow again]
    expect(methods[{ min_percent: nil }].size).to eq 4
  end

  it "serves a printer of CSV, which has only print_methods" do
    text = print(DerivedPrinters::Csv, sort_method: :self_time)
    place = ->(name) { DerivedPrinters::Job.instance_method(name).source_location.join(":") }
    expect(text).to start_with "Measure Mode: wall_time\nThread ID: #{thread.id}\nFiber ID: #{thread.fiber_id}\nTotal: 0.010000\nOverhead: "
    expect(text).to include "\nSort by: self_time\n\n"
    rows = text.lines.map { |line| line.chomp.split(",") }.select { |row| row.size == 4 }
    expect(rows).to include(
      ["DerivedPrinters::Job#slow", "1", "0.008", place[:slow]],
      ["DerivedPrinters::Job#run", "1", "0.01", place[:run]],
      ["DerivedPrinters::Job#again", "2", "0.001", place[:again]]
    )
    expect(rows.first.first).to eq "DerivedPrinters::Job#slow"
    expect(text).to include "* recursively called methods", "Columns are:"
  end

  it "serves a printer of plain text, which overrides everything without super" do
    io = StringIO.new
    DerivedPrinters::Plain.new(recorded).print(io, min_percent: 50)
    expect(io.string).to eq "fiber of 4, from 50 on\ncalls method\n1 profile_by_hand\n1 run\n1 slow\n.\n"
    io = StringIO.new
    DerivedPrinters::Plain.new(recorded).print(io)
    expect(io.string).to eq "fiber of 4, from nil on\ncalls method\n1 profile_by_hand\n1 run\n1 slow\n2 again *\n.\n"
  end

  it "serves printers in 2.x's manner, with keywords and variables" do
    text = +""
    DerivedPrinters::Keywords.new(recorded).print(text, min_percent: 50, title: "x")
    expect(text).to eq "self_time: slow run profile_by_hand"
    printer = DerivedPrinters::Variables.new(recorded)
    expect(printer.print(+"")).to include "[0, 100, :self_time, :total_time, nil]"
    expect(printer.print(+"", min_percent: 3, max_depth: 7)).to include "[3, 100, :self_time, :total_time, 7]"
    expect(printer.print(+"")).to include "[0, 100, :self_time, :total_time, nil]"
  end

  it "serves a printer of folded stacks, which walks the call tree" do
    root = "profile_by_hand (1)"
    text = +""
    expect(DerivedPrinters::Folded.new(recorded).print(text).map(&:fiber_id)).to eq [thread.fiber_id]
    expect(text).to eq <<~TEXT
      #{root} 0
      #{root};run (1) 1000
      #{root};run (1);slow (1) 8000
      #{root};run (1);again (1) 500
      #{root};run (1);again (1);again (1) 500
    TEXT
  end

  it "serves printers that override one part of a table of ours", :one_moment do
    whole = print(RubyProf::FlatPrinter)
    expect(print(DerivedPrinters::FlatHeader)).to eq "thread of 4\n#{whole}"
    expect(print(DerivedPrinters::FlatMethods)).to eq whole.sub(/(location\n).*?(?=\* rec)/m, "\\1(rows)\n")
    whole = print(RubyProf::GraphPrinter)
    expect(print(DerivedPrinters::GraphFooter)).to eq whole.sub(/^\* rec.*/m, "(footer)\n")
    expect(print(DerivedPrinters::GraphColumns)).to eq whole.sub(/^  %total.*\n/, "(columns)\n")
    expect(print(DerivedPrinters::GraphColumns, min_percent: 50)).to include "below the limits"
  end

  it "serves a single printer with a method of its own" do
    printer = RubyProf::FlatPrinter.new(recorded)
    def printer.print_footer(_thread)
      @output << "(footer)"
    end
    expect(printer.print(+"")).to end_with "\n(footer)"
  end

  it "serves a printer that calls super with an option of its own, without a warning" do
    text = nil
    expect { text = print(DerivedPrinters::Titled, heading: "Mine", sort_method: :self_time) }.not_to output.to_stderr
    expect(text).to start_with "Mine\nMeasure Mode"
    expect(text).to include "Sort by: self_time"
  end

  it "serves printers that print to a file or an Array" do
    Dir.mktmpdir do |directory|
      path = Pathname(directory).join("methods.txt")
      expect(DerivedPrinters::FlatMethods.new(recorded).print(path)).to equal path
      expect(path.read).to include "(rows)\n"
    end
    parts = []
    expect(DerivedPrinters::Csv.new(recorded).print(parts)).to equal parts
    expect(parts.join).to include "DerivedPrinters::Job#slow,1,0.008"
  end

  it "serves printers of ours that are handed thousands of fibers: only the longest have a table" do
    many = profile { 60.times { Fiber.new { 1.to_s }.resume } }
    tables = ->(**options) { DerivedPrinters::FlatMethods.new(many).print(+"", **options).scan("(rows)").size }
    expect(tables[]).to eq 50
    expect(tables[max_threads: 3]).to eq 3
    expect(DerivedPrinters::FlatMethods.new(many).print(+"", max_threads: 3)).to end_with "Only the 3 longest running threads and fibers are printed, 58 are not: max_threads: shows more.\n"
    data = JSON.parse(DerivedPrinters::Json.new(many).print(+""))
    expect(data.size).to eq 61
  end

  it "must say what it prints" do
    empty = Class.new(described_class)
    expect { print(empty) }.to raise_error(NotImplementedError, /does not say what its report is: define print_methods\(thread\)/)
  end

  it "has ruby-prof's methods, as public as there" do
    expected = %i[
      filter_by max_percent method_href method_location min_percent open_asset print print_column_headers print_footer print_header
      print_thread print_threads setup_options sort_method time_format
    ]
    expect(described_class.public_instance_methods).to include(*expected)
  end

  it "refuses what is no thread" do
    printer = RubyProf::FlatPrinter.new(recorded)
    printer.print(+"")
    expect { printer.print_header(3) }.to raise_error(TypeError)
  end

  describe "has helpers:" do
    let(:printer) { DerivedPrinters::Csv.new(recorded) }

    it "method_location" do
      slow = method_info(recorded, "DerivedPrinters::Job#slow")
      expect(printer.method_location(slow)).to eq DerivedPrinters::Job.instance_method(:slow).source_location.join(":")
      c_method = method_info(profile { [1].first.pred }, "Integer#pred")
      expect(printer.method_location(c_method)).to be_nil
    end

    it "method_href, which is safe in a page and different for different names" do
      names = ["a?", "a=", "a!", "a", "a-3f-", "<b>\"'&", "größe"].map(&:to_sym)
      calc = Class.new { names.each { |name| define_method(name) { |*| nil } } }
      stub_const("HrefCalc", calc)
      result = profile_by_hand { names.each { |name| HrefCalc.new.public_send(name) } }
      methods = result.threads.first.methods.select { |method| method.klass_name == "HrefCalc" }
      hrefs = methods.map { |method| printer.method_href(result.threads.first, method) }
      expect(hrefs.uniq.size).to eq names.size
      expect(hrefs).to all(match(/\A[A-Za-z0-9_-]+_#{result.threads.first.fiber_id}\z/))
    end

    it "time_format" do
      expect(Time.utc(2026, 1, 2, 3, 4, 5).strftime(printer.time_format)).to eq "Friday, January 2 at  3:04:05 AM (UTC)"
    end

    it "open_asset, which says what is missing" do
      expect { printer.open_asset("no.css") }.to raise_error(ArgumentError, /there is no asset named no.css/)
    end
  end
end

RSpec.describe "RubyProf::FlatPrinterWithLineNumbers" do
  it "prints what FlatPrinter does, and says once what to write instead" do
    out = Subprocess.ruby(<<~'RUBY')
      require "ruby-prof"
      result = RubyProf.profile { 1.to_s }
      texts = [RubyProf::FlatPrinterWithLineNumbers, RubyProf::FlatPrinterWithLineNumbers, RubyProf::FlatPrinter].map { |printer| printer.new(result).print(+"") }
      puts texts.uniq.size
    RUBY
    expect(out.stdout).to eq "1\n"
    expect(out.stderr.lines).to match [/-:3:.*warning: RubyProf::FlatPrinterWithLineNumbers is an old name: use RubyProf::FlatPrinter/]
  end
end
