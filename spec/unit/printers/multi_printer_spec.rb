# frozen_string_literal: true

require "pathname"
require "tmpdir"

RSpec.describe RubyProf::MultiPrinter do
  around do |example|
    Dir.mktmpdir { |directory| @directory = directory and example.run }
  end

  attr_reader :directory

  let(:recorded) { profile_by_hand { ManualClock.advance(10) } }

  def print(kinds, **options)
    printer = described_class.new(recorded, kinds)
    printer.print(path: directory, profile: "P", **options)
  end

  {
    flat: ["P.flat.txt", "Measure Mode:"], graph: ["P.graph.txt", "Measure Mode:"], graph_html: ["P.graph.html", "<!DOCTYPE html>"],
    call_tree: ["P.call_tree.txt", "Measure Mode:"], call_info: ["P.call_tree.txt", "Measure Mode:"], dot: ["P.dot", "digraph"],
    tree: ["callgrind.out.#{Process.pid}", "# callgrind"], stack: ["P.stack.html", "<!DOCTYPE html>"],
    call_stack: ["P.stack.html", "<!DOCTYPE html>"], flame_graph: ["P.flame_graph.html", "<!DOCTYPE html>"]
  }.each do |kind, (name, start)|
    it "writes :#{kind} to #{name}" do
      skip "the printer of :#{kind} is not here" if kind.match?(/stack|flame/) && !RubyProf.const_defined?(kind == :flame_graph ? :FlameGraphPrinter : :CallStackPrinter)

      expect(print([kind])).to eq ["#{directory}/#{name}"]
      expect(Dir.children(directory)).to eq [name]
      expect(File.read("#{directory}/#{name}")).to start_with start
    end
  end

  it "writes several, whatever the number of names for one" do
    expect(print(%i[dot call_tree call_info])).to eq %w[P.dot P.call_tree.txt].map { |name| "#{directory}/#{name}" }
    expect(print(%w[flat])).to eq ["#{directory}/P.flat.txt"]
    expect(print(:graph)).to eq ["#{directory}/P.graph.txt"]
  end

  it "writes what ruby-prof 2.x does by default" do
    expect(described_class::DEFAULT).to eq %i[flat graph graph_html flame_graph stack]
    stubs = %i[FlameGraphPrinter CallStackPrinter].to_h { |name| ["RubyProf::#{name}", RubyProf::FlatPrinter] }
    stubs.each { |name, printer| stub_const(name, printer) }
    described_class.new(recorded).print(path: directory)
    expect(Dir.children(directory)).to contain_exactly(*%w[flat.txt graph.txt graph.html flame_graph.html stack.html].map { |name| "profile.#{name}" })
  end

  it "knows the paths of its reports" do
    printer = described_class.new(recorded, %i[flat tree])
    printer.print({ path: Pathname(directory), profile: "P" })
    reports = %i[flat graph graph_html call_info stack flame_graph dot].to_h { |name| [name, printer.public_send(:"#{name}_report")] }
    expect(reports).to eq(
      flat: "#{directory}/P.flat.txt", graph: "#{directory}/P.graph.txt", graph_html: "#{directory}/P.graph.html",
      call_info: "#{directory}/P.call_tree.txt", stack: "#{directory}/P.stack.html",
      flame_graph: "#{directory}/P.flame_graph.html", dot: "#{directory}/P.dot"
    )
    expect(printer.tree_report).to eq "#{directory}/callgrind.out.#{Process.pid}"
    expect(File.file?(printer.tree_report)).to be true
    expect(described_class.new(recorded).flat_report).to eq File.join(Dir.pwd, "profile.flat.txt")
  end

  it "can print one report by its name" do
    Dir.chdir(directory) do
      printer = described_class.new(recorded, [:flat])
      printer.print_to_dot
      printer.print_to_call_info
      printer.print_to_tree
    end
    expect(Dir.children(directory)).to contain_exactly "profile.dot", "profile.call_tree.txt", "callgrind.out.#{Process.pid}"
  end

  it "takes options for one report, as ruby-prof 1.x and 2.x do" do
    printer = described_class.new(recorded, [])
    printer.print_to_flat({ path: directory, profile: "hash", sort_method: :total_time })
    printer.print_to_tree(path: directory)
    printer.print_to_graph(profile: "again")
    expect(Dir.children(directory)).to contain_exactly("hash.flat.txt", "again.graph.txt", "callgrind.out.#{Process.pid}")
    expect(File.read("#{directory}/hash.flat.txt")).to include("Sort by: total_time")
    expect { printer.print_to_dot(path: 7) }.to raise_error(TypeError, /path: 7 is no directory/)
    expect { printer.print_to_dot($stdout) }.to raise_error(ArgumentError, /writes files/)
  end

  it "hands its options to the printers" do
    print([:flat], min_percent: 100, filter_by: :wait_time, title: "Mine")
    expect(File.read("#{directory}/P.flat.txt")).to start_with("Mine\n").and include("no method within the limits")
    expect { print([:flat], min_percent: "x") }.to raise_error(ArgumentError, /min_percent/)
  end

  it "says that it needs a directory" do
    expect(described_class.needs_dir?).to be true
  end

  it "refuses what it does not know" do
    expect { described_class.new(recorded, [:flat, :pdf]) }.to raise_error(ArgumentError, /unknown printer :pdf: give some of :flat, :graph/)
    expect { described_class.new(recorded, [3]) }.to raise_error(ArgumentError, /unknown printer 3/)
    expect { described_class.new("profile") }.to raise_error(TypeError, /prints a RubyProf::Profile/)
    expect { described_class.new(recorded).print($stdout) }.to raise_error(ArgumentError, /MultiPrinter writes files and cannot print to IO/)
  end

  it "says which directory is missing" do
    expect { described_class.new(recorded, [:flat]).print(path: "#{directory}/none") }
      .to raise_error(RubyProf::OutputError, %r{none: there is no such directory})
  end
end
