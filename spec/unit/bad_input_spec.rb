# frozen_string_literal: true

# Whatever is given that cannot be used: an exception that says what to do instead.
# What printers make of outputs and options that are not quite theirs.
RSpec.describe RubyProf::AbstractPrinter do
  let(:printer) { RubyProf::FlatPrinter.new(RubyProf.profile { [3].sum }) }

  it "takes the least share as a number, as in ruby-prof 0.x" do
    expect(printer.print(+"", 0)).to include "Array#sum"
    expect(printer.print(+"", 101)).not_to include "Array#sum"
  end

  it "asks whether a String is meant to be a file" do
    page = +"report.txt"
    expect { printer.print(page) }.to output(/report is appended to the String "report\.txt"; to write a file, give Pathname/).to_stderr
    expect(page).to start_with("report.txt").and include("Array#sum")
    expect { printer.print(+"page: \n") }.not_to output.to_stderr
  end
end

RSpec.describe RubyProf, "given what it cannot use" do
  def refuse(error, *messages)
    raise_error(error) { |found| expect(found.message).to include(*messages) }
  end

  describe RubyProf::Profile do
    it "wants a block" do
      expect { described_class.new.profile }.to refuse(ArgumentError, "a block must be provided", "{ code to profile }")
      expect { described_class.profile }.to refuse(ArgumentError, "a block must be provided", "Profile.profile {")
      expect { RubyProf.profile }.to refuse(ArgumentError, "a block must be provided", "RubyProf.profile {")
    end

    it "starts once only" do
      profile = described_class.new.start
      expect { profile.start }.to refuse(RuntimeError, "RubyProf.start was already called", "stop this profile first")
      expect { profile.profile { 1 } }.to refuse(RuntimeError, "RubyProf.start was already called")
      expect(profile.stop).not_to be_running
    end

    it "stops, pauses and resumes only what runs" do
      fresh = described_class.new
      ended = described_class.new.start.stop
      [fresh, ended].each do |profile|
        expect { profile.stop }.to refuse(RuntimeError, "RubyProf.start was not yet called", "start the profile before stop")
        expect { profile.pause }.to refuse(RuntimeError, "RubyProf is not running", "start the profile first")
        expect { profile.resume }.to refuse(RuntimeError, "RubyProf is not running", "start the profile first")
        expect { profile.resume { raise "not called" } }.to refuse(RuntimeError, "RubyProf is not running")
      end
    end

    it "knows its options" do
      expect { described_class.new(measure: 1) }.to refuse(ArgumentError, "unknown keyword: :measure", "measure_mode", "c_calls")
      expect { described_class.new({ "measure_mode" => 0 }) }.to refuse(ArgumentError, "option names are Symbols, not String", "measure_mode")
      expect { described_class.new({ 3 => 0 }) }.to refuse(ArgumentError, "option names are Symbols, not Integer")
    end

    it "knows its measure modes" do
      [9, 4, -1, 2**70].each do |mode|
        expect { described_class.new(measure_mode: mode) }.to refuse(ArgumentError, "Unknown measure mode: #{mode}", "RubyProf::WALL_TIME")
      end
      ["wall", :wall, nil, 1.0, []].each do |mode|
        name = mode.nil? ? "nil" : mode.class.name
        expect { described_class.new(measure_mode: mode) }.to refuse(TypeError, "wrong argument type #{name} (expected Integer)", "RubyProf::WALL_TIME")
        expect { described_class.new(mode) }.to refuse(TypeError, "wrong argument type #{name} (expected Integer)")
      end
    end

    it "takes Arrays of Threads" do
      %i[include_threads exclude_threads].each do |option|
        expect { described_class.new(option => 3) }.to refuse(TypeError, "wrong argument type Integer (expected Array)", option.to_s, "[Thread.current]")
        expect { described_class.new(option => Thread.current) }.to refuse(TypeError, "wrong argument type Thread (expected Array)")
        expect { described_class.new(option => [Thread.current, :main]) }.to refuse(TypeError, "#{option} takes an Array of Threads", "not of Symbol")
      end
    end

    it "takes two arguments at most" do
      expect { described_class.new(1, [], 3) }.to refuse(ArgumentError, "given 3, expected 0..2", "keywords")
    end

    it "is initialized once" do
      profile = described_class.new
      expect { profile.send(:initialize, measure_mode: 2) }.to refuse(RuntimeError, "a profile is initialized once", "make another one")
      expect(profile.measure_mode).to eq RubyProf::WALL_TIME
    end

    it "is harmless when allocated alone" do
      profile = described_class.allocate
      expect(profile.threads).to eq []
      expect(profile.start.stop.measure_mode_string).to eq "wall_time"
    end
  end

  describe "as module functions" do
    it "wants start before the others" do
      %i[stop pause resume].each do |name|
        expect { RubyProf.public_send(name) }.to refuse(RuntimeError, "RubyProf.start was not yet called", "call it before stop, pause or resume")
      end
    end

    it "starts once only" do
      profile = RubyProf.start
      expect { RubyProf.start }.to refuse(RuntimeError, "RubyProf is already running", "call RubyProf.stop first")
      expect { RubyProf.profile { 1 } }.to refuse(RuntimeError, "RubyProf is already running", "call RubyProf.stop first")
      expect(RubyProf.stop).to equal profile
    end

    it "takes known measure modes" do
      expect { RubyProf.measure_mode = 7 }.to refuse(ArgumentError, "Unknown measure mode: 7", "RubyProf::WALL_TIME")
      expect { RubyProf.measure_mode = :wall }.to refuse(TypeError, "wrong argument type Symbol (expected Integer)")
      expect(RubyProf.measure_mode).to eq RubyProf::WALL_TIME
    end

    it "takes Arrays of Threads" do
      expect { RubyProf.exclude_threads = 3 }.to refuse(TypeError, "wrong argument type Integer (expected Array)")
      expect { RubyProf.exclude_threads = [:main] }.to refuse(TypeError, "exclude_threads takes an Array of Threads")
      expect(RubyProf.exclude_threads).to eq []
    end

    it "is not running after a start that failed" do
      RubyProf.exclude_threads = threads = []
      threads << :main
      expect { RubyProf.start }.to refuse(TypeError, "exclude_threads takes an Array of Threads", "not of Symbol")
      expect(RubyProf).not_to be_running
    ensure
      RubyProf.exclude_threads = []
    end
  end

  it "makes sums and allocations by itself only" do
    [RubyProf::CallTrees, RubyProf::Allocation].each do |part|
      expect { part.new }.to raise_error(StandardError)
      expect { part.allocate }.to raise_error(TypeError, /allocator undefined for #{part}/)
    end
  end
end
