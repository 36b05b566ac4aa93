# frozen_string_literal: true

require "counted"

# Methods that call each other in known ways.
module CountingSample
  class Shop
    HERE = __FILE__
    attr_reader :items

    def initialize
      @items = [3, 1, 2]
    end

    def price(item) = item * 2

    def total
      items.sum { |item| price(item) } # TOTAL
    end

    def mapped = items.map(&method(:price))

    def sorted
      items.map { |item| Item.new(item) }.sort
    end

    define_method(:made_of_a_block) { price(1) }

    def self.open = new

    def fails
      price(1)
      raise IOError, "closed"
    end

    def in_a_fiber = Enumerator.new { |out| out << price(1) }.next

    def twice = 2.times { total }
  end

  Item = Struct.new(:number) do
    include Comparable

    def <=>(other)
      number <=> other.number
    end
  end
end

RSpec.describe "RubyProf::Counting" do
  let(:shop) { CountingSample::Shop.new }

  def chosen(*methods, owner: CountingSample::Shop)
    Counted::Chosen.new(methods.map { |name| Counted.method_named(owner, name) })
  end

  def run(...)
    Counted::COUNTING.run(...)
  end

  def callers(counts)
    counts.edges.map { |edge| [edge.caller.full_name, edge.called] }
  end

  it "gives the block's value, and its arguments to it" do
    expect(run(chosen(:total), arguments: [20, 22]) { |one, other| one + other }.value).to eq 42
    expect(run(chosen(:total)) {}).to have_attributes(value: nil, edges: [], called: 0, objects: nil)
  end

  it "names the method in which a block is written as the caller, and the line" do
    edge = run(chosen(:price)) { shop.total }.edges.fetch(0)
    line = File.readlines(CountingSample::Shop::HERE).index { |text| text.include?("# TOTAL") } + 1
    expect(edge).to have_attributes(called: 3, file: CountingSample::Shop::HERE, line: line)
    expect(edge.caller).to have_attributes(full_name: "CountingSample::Shop#total", klass_name: "CountingSample::Shop", name: "total", file: CountingSample::Shop::HERE)
    expect(edge.callee).to have_attributes(full_name: "CountingSample::Shop#price", klass_flags: 0)
  end

  it "names a C function that calls by itself" do
    edge = run(chosen(:<=>, owner: CountingSample::Item)) { shop.sorted }.edges.fetch(0)
    expect(edge.caller).to have_attributes(full_name: "Array#sort", file: nil)
    expect(edge).to have_attributes(file: nil, line: 0)
  end

  it "names a method that is made of a block" do
    expect(callers(run(chosen(:price)) { shop.made_of_a_block })).to eq [["CountingSample::Shop#made_of_a_block", 1]]
  end

  it "counts methods made of a block, attributes, methods of classes and methods in C" do
    klass = CountingSample::Shop.singleton_class
    expect(run(chosen(:made_of_a_block)) { shop.made_of_a_block }.called).to eq 1
    expect(run(chosen(:items)) { shop.total }.called).to eq 1
    expect(run(chosen(:open, owner: klass)) { 2.times { CountingSample::Shop.open } }.called).to eq 2
    expect(run(chosen(:sum, owner: Array)) { shop.total }.called).to eq 1
  end

  it "leaves methods made of a block as they were for every profile" do
    run(chosen(:made_of_a_block)) { shop.made_of_a_block }
    thread = RubyProf.profile { shop.made_of_a_block }.threads.fetch(0)
    expect(thread.methods.map(&:full_name)).to include("CountingSample::Shop#made_of_a_block")
  end

  it "counts every call without a selection" do
    open = shop
    names = run { open.total }.edges.to_h { |edge| [edge.callee.full_name, edge.called] }
    expect(names).to include("CountingSample::Shop#total" => 1, "CountingSample::Shop#price" => 3, "Array#sum" => 1, "CountingSample::Shop#items" => 1)
    expect(names.keys.grep(/RubyProf|Counter/)).to eq []
  end

  it "counts the calls of its own thread in all fibers, and those of others on request" do
    work = -> { Thread.new { shop.price(1) }.join && shop.in_a_fiber }
    expect(run(chosen(:price), &work).called).to eq 1
    expect(run(chosen(:price), all_threads: true, &work).called).to eq 2
  end

  it "lets exceptions, throw and break through and stops counting" do
    expect { run(chosen(:price)) { shop.fails } }.to raise_error(IOError, "closed")
    expect(catch(:done) { run(chosen(:price)) { throw :done, 7 } }).to eq 7
    expect(run(chosen(:price)) { break 8 }).to eq 8
    expect(ObjectSpace.each_object(TracePoint).count(&:enabled?)).to eq 0
    expect(run(chosen(:price)) { shop.price(1) }.called).to eq 1
  end

  it "counts the objects of its own thread" do
    objects = ->(&block) { Counted::COUNTING.objects(&block).objects }
    expect(objects.call {}).to eq 0
    expect(objects.call { Object.new }).to eq 1
    expect(objects.call { Thread.new { 50.times { Object.new } }.join }).to be < 50
    expect(Counted::COUNTING.objects(all_threads: true) { Thread.new { 50.times { Object.new } }.join }.objects).to be >= 50
    open = shop
    expect(run(chosen(:price), objects: true) { open.price(1) && [[]] }).to have_attributes(called: 1, objects: 2)
  end

  it "tells that the block changed what is to be counted" do
    klass = stub_const("CountingSample::Changing", Class.new { def self.call = 1 })
    redefine = lambda do
      klass.singleton_class.remove_method(:call)
      klass.define_singleton_method(:call) { 2 }
    end
    ["CountingSample::Changing.call", "CountingSample::Chang*.call", "CountingSample::Changing.c*", klass.method(:call), /Changing>#call/].each do |pattern|
      selection = Counted::COUNTING::Selection.new(pattern)
      expect(run(selection) {}).not_to be_stale
      expect(run(selection, &redefine)).to be_stale
      expect(run(selection) {}).not_to be_stale
    end
    put_back = lambda do
      klass.singleton_class.alias_method(:original, :call)
      redefine.call
      klass.singleton_class.remove_method(:call)
      klass.singleton_class.alias_method(:call, :original)
      klass.singleton_class.remove_method(:original)
    end
    ["CountingSample::Changing.call", klass.method(:call), "CountingSample::Chang*.call"].each do |pattern|
      expect(run(Counted::COUNTING::Selection.new(pattern), &put_back)).to be_stale
    end
    selection = Counted::COUNTING::Selection.new("CountingSample::Chang*.call")
    expect(run(selection) { stub_const("CountingSample::Changed", Class.new { def self.call = 1 }) }).to be_stale
  end

  it "counts within a count, and within a profile, without a trace in either" do
    inner = nil
    outer = run(chosen(:price)) { inner = run(chosen(:total, :price)) { shop.total } }
    expect([outer.called, inner.called]).to eq [3, 4]

    profile = RubyProf.profile { inner = run(chosen(:total)) { shop.total } }
    names = profile.threads.fetch(0).methods.to_h { |method| [method.full_name, method.called] }
    expect(inner.called).to eq 1
    expect(names).to include("CountingSample::Shop#total" => 1, "CountingSample::Shop#price" => 3)
    expect(names.keys.grep(/RubyProf::Count/)).to eq []
  end

  it "counts a method behind a prepended one" do
    stub_const("CountingSample::Front", Class.new { def find = 1; prepend(Module.new { def find = super }) })
    selection = Counted::COUNTING::Selection.new("CountingSample::Front#find")
    expect(run(selection) { 3.times { CountingSample::Front.new.find } }).to have_attributes(called: 3, stale?: false)
  end

  it "counts aliases and copies that share their code once each" do
    klass = stub_const("CountingSample::Cart", Class.new { def size = 1; alias_method :length, :size })
    util = stub_const("CountingSample::Util", Module.new { module_function; def clean(text) = text })
    selection = Counted::COUNTING::Selection.new("CountingSample::Cart", "CountingSample::Util")
    names = run(selection) { klass.new.size + klass.dup.new.length && util.clean("a") }.edges.to_h { |edge| [edge.callee.full_name, edge.called] }
    expect(names).to eq("CountingSample::Cart#size" => 1, "<Module::CountingSample::Util>#clean" => 1)
  end

  it "tells where code stands that was evaluated" do
    edge = run(chosen(:price)) { eval("\n\nshop.price(1)", binding, "made/up.rb", 40) }.edges.fetch(0)
    expect(edge).to have_attributes(file: "made/up.rb", line: 42)
    profile = RubyProf.profile { eval("\n\nshop.price(1)", binding, "made/up.rb", 40) }
    price = profile.threads.fetch(0).methods.find { |method| method.full_name == "CountingSample::Shop#price" }
    expect(price.call_trees.call_trees.fetch(0)).to have_attributes(source_file: "made/up.rb", line: 42)
  end

  it "counts nothing of other Ractors, whatever runs in them" do
    script = <<~RUBY
      require "ruby-prof/counting"
      Warning[:experimental] = false
      class Busy
        def work = 1
      end
      counting = RubyProf.send(:const_get, :Counting)
      selection = counting::Selection.new("Busy#work")
      busy = Ractor.new { 200_000.times { Busy.new.work } }
      counts = counting.run(selection, all_threads: true) { 100_000.times { Busy.new.work } }
      busy.take
      print counts.called
    RUBY
    expect(ruby(script).stdout).to eq "100000"
  end

  it "watches hundreds of methods at once" do
    klass = Class.new { 300.times { |number| class_eval("def m#{number} = #{number}", __FILE__, __LINE__) } }
    selection = chosen(*klass.instance_methods(false), owner: klass)
    expect(run(selection) { 300.times { |number| klass.new.public_send("m#{number}") } }.called).to eq 300
  end

  it "counts methods that many classes share" do
    klasses = Array.new(3) { Class.new(CountingSample::Shop) }
    expect(run(chosen(:total)) { klasses.each { |klass| klass.new.total } }.called).to eq 3
  end

  it "keeps what it watches while garbage is collected and memory compacted" do
    klass = Class.new { def gone = 1 }
    selection = chosen(:gone, owner: klass)
    counts = run(selection) do
      object = klass.new
      object.gone
      klass.remove_method(:gone)
      klass.define_method(:gone) { 2 }
      GC.start
      object.gone
    end
    expect(counts.edges.sum(&:called)).to be >= 1
  end

  # In a process of its own: there are libraries in this one that do not stand being moved.
  it "counts methods that the GC moves" do
    skip "this Ruby cannot compact" unless GC.respond_to?(:compact)
    result = ruby(<<~RUBY)
      require "ruby-prof"
      require "ruby-prof/counting"
      counting = RubyProf.module_eval("Counting", __FILE__, __LINE__)
      klass = Class.new { def gone = 1 }
      counts = counting.run(nil) do
        object = klass.new
        object.gone
        klass.remove_method(:gone)
        klass.define_method(:gone) { 2 }
        GC.compact
        3.times { object.gone }
      end
      print counts.edges.select { |edge| edge.callee.full_name.end_with?("#gone") }.sum(&:called)
    RUBY
    expect([result.stdout, result.stderr]).to eq ["4", ""]
  end

  it "counts once at a time" do
    counter = RubyProf.send(:const_get, :Counter).new(nil, false, false, false)
    expect { counter.edges }.to raise_error(RuntimeError, /nothing was counted/)
    expect { counter.count([], true, true, []) { counter.count([], true, true, []) {} } }.to raise_error(RuntimeError, /counting already/)
    expect(counter.count([], true, true, []) { 1.to_s }).to eq "1"
    expect(counter.edges.map { |callee, *| callee.first }).to eq ["Integer#to_s"]
  end
end
