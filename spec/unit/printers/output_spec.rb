# frozen_string_literal: true

require "pathname"
require "stringio"
require "tempfile"

# Where a report goes.
[
  RubyProf::FlatPrinter, RubyProf::GraphPrinter, RubyProf::GraphHtmlPrinter, RubyProf::CallInfoPrinter, RubyProf::DotPrinter
].each do |printer_class|
  RSpec.describe printer_class, "output" do
    let(:printer) { described_class.new(profile { 1.to_s }) }
    let(:mark) { "Integer#to_s" }

    it "is appended to a String" do
      text = +"before\n"
      expect(printer.print(text)).to equal text
      expect(text.start_with?("before\n")).to be true
      expect(text.include?(mark)).to be true
    end

    it "is appended to an Array" do
      parts = []
      expect(printer.print(parts)).to equal parts
      expect(parts.join.include?(mark)).to be true
    end

    # Programs put such things in the place of $stdout.
    it "is written to what can do no more than write" do
      output = Class.new do
        attr_reader :text

        def write(text) = (@text = "#{@text}#{text}").size
      end.new
      expect(printer.print(output)).to equal output
      expect(output.text.include?(mark)).to be true
      before = $stdout
      begin
        $stdout = output.class.new
        printer.print
        expect($stdout.text.include?(mark)).to be true
      ensure
        $stdout = before
      end
    end

    it "is not written to a BasicObject, nor has it one for a title" do
      expect { printer.print(BasicObject.new) }.to raise_error(TypeError, /cannot be written to BasicObject: pass an IO/)
      %i[title min_percent sort_method max_depth].each do |name|
        expect { printer.print(+"", name => BasicObject.new) }.to raise_error(ArgumentError, /#{name}: BasicObject cannot be used/)
      end
      expect { printer.print(+"", only: BasicObject.new) }.to raise_error(ArgumentError, /BasicObject is no pattern/)
      expect { described_class.new(BasicObject.new) }.to raise_error(TypeError, /not BasicObject/)
    end

    it "is written to an IO" do
      io = StringIO.new
      expect(printer.print(io)).to equal io
      expect(io.string.include?(mark)).to be true
    end

    it "is written to a File, as UTF-8" do
      Tempfile.create("report") do |file|
        printer.print(file)
        file.flush
        expect(File.read(file.path, encoding: "UTF-8").include?(mark)).to be true
      end
    end

    it "is written to the file a Pathname names, in place of what was there" do
      Tempfile.create("report") do |file|
        path = Pathname(file.path)
        path.write("what was there before" * 100_000)
        expect(printer.print(path)).to equal path
        written = path.read(encoding: "UTF-8")
        expect(written.include?(mark)).to be true
        expect(written.include?("what was there before")).to be false
      end
    end

    it "goes to standard output by default" do
      expect { printer.print }.to output(/Integer#to_s/).to_stdout
      expect { printer.print({ min_percent: 0 }) }.to output(/Integer#to_s/).to_stdout
    end

    it "is anything that takes <<" do
      sink = Class.new do
        attr_reader :text

        def <<(text)
          (@text ||= +"") << text
          self
        end
      end.new
      printer.print(sink)
      expect(sink.text.include?(mark)).to be true
    end

    it "is refused if it is nothing of that kind" do
      [nil, :name, Object.new].each do |output|
        expect { printer.print(output) }
          .to raise_error(TypeError, /a report cannot be written to (?:nil|Symbol|Object): pass an IO, a String, an Array or a Pathname/)
      end
    end

    it "is refused if it is a number, although numbers have <<" do
      expect { printer.print(3) }.to raise_error(TypeError, /cannot be written to Integer: pass an IO, a String, an Array or a Pathname/)
    end

    it "says which file cannot be written, and that the profile is kept" do
      missing = Pathname("/nonexistent/directory/report")
      expect { printer.print(missing) }
        .to raise_error(RubyProf::OutputError, %r{cannot be written to /nonexistent/directory/report: .*The profile is kept})
      expect(printer.print(+"").include?(mark)).to be true
    end

    it "has no directory" do
      expect(described_class.needs_dir?).to be false
    end
  end

  RSpec.describe printer_class, "given no finished profile" do
    it "says what it wants" do
      [nil, "text", [], RubyProf].each do |result|
        expect { described_class.new(result) }
          .to raise_error(TypeError, /#{described_class} prints a RubyProf::Profile, not #{result.class}: pass what RubyProf.profile/)
      end
    end

    it "wants it stopped" do
      running = RubyProf::Profile.new.start
      expect { described_class.new(running) }.to raise_error(ArgumentError, /still running: stop it before printing/)
      running.stop
      expect(described_class.new(running).print(+"")).not_to be_empty
    end
  end
end
