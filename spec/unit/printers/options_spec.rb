# frozen_string_literal: true

RSpec.describe RubyProf::AbstractPrinter, "options" do
  let(:recorded) { profile_by_hand { ManualClock.advance(10) } }
  let(:printer) { RubyProf::FlatPrinter.new(recorded) }

  def print(*arguments, **options)
    printer.print(+"", *arguments, **options)
  end

  it "are keywords or a Hash, with the same effect", :one_moment do
    expected = print(sort_method: :total_time)
    expect(expected).to include "Sort by: total_time"
    expect(print({ sort_method: :total_time })).to eq expected
    expect(print({ "sort_method" => "total_time" })).to eq expected
    expect(print({ sort_method: :self_time }, sort_method: :total_time)).to eq expected
  end

  it "can be read while and after printing, and are the defaults before" do
    expect(printer).to have_attributes(min_percent: 0, max_percent: 100, filter_by: :self_time, sort_method: :self_time, max_depth: nil, min_time: 0)
    print(min_percent: 1, max_percent: 99, filter_by: :wait_time, sort_method: :children_time, max_depth: 3, min_time: 0.5)
    expect(printer).to have_attributes(min_percent: 1, max_percent: 99, filter_by: :wait_time, sort_method: :children_time, max_depth: 3, min_time: 0.5)
    print
    expect(printer.min_percent).to eq 0
  end

  it "say how many fibers get a section of their own" do
    result = RubyProf.profile { 3.times { Fiber.new { 1.to_s }.resume } }
    page = ->(**options) { RubyProf::GraphHtmlPrinter.new(result).print(+"", **options) }
    sections = ->(html) { html.scan(/id="t\d+-title"/).size }
    expect(result.threads.size).to eq 4
    expect(sections[page[max_threads: 2]]).to eq sections[page[]] - 2
    expect { page[max_threads: -1] }.to raise_error(ArgumentError, /max_threads: -1 cannot be used/)
  end

  it "differ in the graph, as ruby-prof's" do
    expect(RubyProf::GraphHtmlPrinter.new(recorded)).to have_attributes(filter_by: :total_time, sort_method: :total_time)
  end

  it "leave out methods below min_time, which nonzero sets" do
    quick = profile_by_hand { ManualClock.advance(4_000_000) }
    text = ->(**options) { RubyProf::FlatPrinter.new(quick).print(+"", **options) }
    expect(text.call(min_time: 0.003)).to include "Profiling#profile_by_hand"
    expect(text.call(min_time: 0.0041)).not_to include "Profiling#profile_by_hand"
    expect(text.call(nonzero: true)).not_to include "Profiling#profile_by_hand"
  end

  it "of ruby-prof that mean nothing here are taken" do
    expect { print(threshold: 1, application: "x", path: ".", expansion: 2) }.not_to output.to_stderr
  end

  it "that are unknown are named and left out" do
    expect { print(min_percnt: 1) }.to output(/FlatPrinter does not know .*:min_percnt/).to_stderr
  end

  it "that are unknown are named where they were given" do
    expect { printer.print(+"", min_percnt: 1) }.to output(/\A#{__FILE__}:#{__LINE__}: warning: /).to_stderr
  end

  {
    min_percent: ["x", -1, Float::NAN, Complex(1, 1), []],
    max_percent: [:many, -0.5],
    min_time: ["1 s", -1, Float::NAN],
    sort_method: [:name, "calls", 3],
    filter_by: [:calls, 3, Object.new],
    max_depth: [1.5, -1, "2"],
    compensate: [1, "yes", :no, BasicObject.new],
    overhead: ["true", 0],
    gc: [:all],
    title: [3, :name]
  }.each do |option, values|
    it "refuse a wrong #{option} and say what is right" do
      values.each do |value|
        expect { print(option => value) }.to raise_error(ArgumentError, /#{option}: .* cannot be used: give (?:a|:total_time|true or false)/)
      end
    end
  end

  it "refuse what is no Hash" do
    expect { print(:table) }.to raise_error(TypeError, /takes its options as keywords or a Hash, not Symbol/)
  end

  {
    "a long time" => { min_time: 1e300 }, "a great depth" => { max_depth: 2**70 }, "an infinite time" => { min_time: Float::INFINITY }
  }.each do |what, options|
    it "take #{what}, or refuse it and say what is right" do
      expect(print(**options)).to include "Sort by"
    rescue ArgumentError => e
      expect(e.message).to include "cannot be used: give"
    end
  end

  it "refuse names that are no names" do
    expect { print({ 3 => 1 }) }.to raise_error(ArgumentError, /option/)
  end

  it "are for printers that say what their report is" do
    expect { described_class.new(recorded).print(+"") }.to raise_error(NotImplementedError, /AbstractPrinter does not say what its report is/)
  end
end
