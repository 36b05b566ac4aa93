# frozen_string_literal: true

require "ruby-prof/rspec/matchers"
require "minitest"
require "ruby-prof/minitest/assertions"

# Programs in which calls are removed, doubled, put into loops or moved: what a matcher says must change when the count that it
# is about does, and only then. The counts are those of a TracePoint, which knows nothing of ours.
RSpec.describe "Matchers on mutated programs", stress: false do
  program = <<~RUBY
    class Mutant
      def initialize(size) = @size = size
      def run
        prepare(1) #@
        index = 0
        while index < @size
          row(index) #@
          index += 1
        end
        finish(2) #@
      end
      def prepare(n)
        load(n) #@
      end
      def row(n)
        load(n) #@
        show(n) #@
      end
      def finish(n)
        plain(n) #@
        load(n) #@
      end
      def load(n) = n
      def plain(n) = n
      def show(_n) = Object.new
      def other(n) = n
    end
  RUBY

  # Each gives other source for one line.
  changes = {
    "removed" => ->(_line) { "" },
    "doubled" => ->(line) { "#{line}\n#{line}" },
    "in a loop" => ->(line) { "round = 0\nwhile round < @size\n#{line}\nround += 1\nend" },
    "in a condition that holds" => ->(line) { "#{line} if @size" },
    "in a condition that does not" => ->(line) { "#{line} unless @size" },
    "in a block" => ->(line) { "1.times { #{line} }" },
    "with another call beside it" => ->(line) { "#{line}\nother(0)" },
    "with a comment" => ->(line) { "#{line} # load(1)" },
    "in parentheses" => ->(line) { "(#{line})" },
    "by send" => ->(line) { line.sub(/(\w+)\((.*)\)/, 'send(:\1, \2)') },
    "after an exception" => ->(line) { "begin\nraise IOError\nrescue IOError\n#{line}\nend" }
  }
  # What it takes to be no longer the same each time.
  changing = ->(line) { "Mutant.again.times { #{line} }" }

  lines = program.lines
  marked = lines.each_index.select { |index| lines[index].include?("#@") }
  mutate = lambda do |index, change|
    lines.each_with_index.map { |line, at| at == index ? "#{change.call(line.sub("#@", "").strip)}\n" : line }.join
  end
  mutants = { "as it is" => program }
  marked.each { |index| changes.each { |name, change| mutants["#{lines[index].sub("#@", "").strip} in line #{index + 1} #{name}"] = mutate.call(index, change) } }
  unsteady = marked.to_h { |index| ["#{lines[index].sub("#@", "").strip} in line #{index + 1}", mutate.call(index, changing)] }

  sizes = [4, 8, 16, 32, 64]
  watched = %w[prepare row finish load plain show]

  def become(source)
    Object.send(:remove_const, :Mutant) if Object.const_defined?(:Mutant)
    Object.class_eval(source, File.join(GEM_ROOT, "spec/mutant.rb"), 1)
    Mutant.singleton_class.class_eval { define_method(:again) { @again = @again.to_i + 1 } }
  end

  after { Object.send(:remove_const, :Mutant) if Object.const_defined?(:Mutant) }

  # By [caller, callee] of the program, however a call reaches it.
  def oracle(size)
    mutant = Mutant.new(size)
    table = Hash.new(0)
    stack = [nil]
    trace = TracePoint.new(:call, :return) do |event|
      next unless event.defined_class.equal?(Mutant)

      event.event == :call ? (table[[stack.last, event.method_id.to_s]] += 1) && stack.push(event.method_id.to_s) : stack.pop
    end
    trace.enable(target_thread: Thread.current) { mutant.run }
    table
  end

  def called(table, name)
    table.sum { |(_, callee), count| callee == name ? count : 0 }
  end

  # Counts of polynomials up to the third degree, at sizes that double.
  def faster_than_linear?(counts)
    counts[4] - counts[3] > 2 * (counts[3] - counts[2])
  end

  def passed?(matcher, size: nil)
    matcher.matches?(size ? proc { |n| Mutant.new(n).run } : @work)
  end

  def assertion_passed?
    test = Class.new { include Minitest::Assertions; attr_accessor :assertions }.new
    test.assertions = 0
    yield test
  rescue Minitest::Assertion
    false
  end

  # By the words for an expectation: what the oracle says of the counts now, and what the matcher says.
  define_method(:judgements) do |before|
    now = oracle(3)
    mutant = Mutant.new(3)
    @work = proc { mutant.run }
    table = {}
    watched.each do |name|
      full = "Mutant##{name}"
      was = called(before, name)
      is = called(now, name)
      table["#{name} exactly"] = [is == was, passed?(make_calls(full).exactly(was))]
      table["#{name} not exactly"] = [is != was, make_calls(full).exactly(was).does_not_match?(@work)]
      table["#{name} at most"] = [is <= was, passed?(make_calls(full).at_most(was))]
      table["#{name} at least"] = [is >= was, passed?(make_calls(full).at_least(was))]
      table["#{name} within"] = [is == was, passed?(make_calls(full).within(was..was))]
      table["#{name} once"] = [is == 1, passed?(make_calls(full).once)]
      table["#{name} never"] = [is.zero?, passed?(make_calls(full).never)]
      table["#{name} at all"] = [is.positive?, passed?(make_calls(full))]
      table["#{name} cold"] = [is == was, passed?(make_calls(full).cold.exactly(was))]
      table["#{name} asserted"] = [is == was, assertion_passed? { |test| test.assert_calls(full, exactly: was, &@work) }]
      table["#{name} refuted"] = [is.zero?, assertion_passed? { |test| test.refute_calls(full, &@work) }]
    end
    table
  end

  base = nil
  before { base ||= (become(program); oracle(3)) }

  it "change their minds exactly when a count changes" do
    become(program)
    first = judgements(base).transform_values(&:first)
    flipped = Hash.new(0)
    mutants.each do |name, source|
      become(source)
      judgements(base).each do |what, (expected, found)|
        expect(found).to be(expected), "#{what}, #{name}"
        flipped[what] += 1 if found != first[what]
      end
    end
    words = flipped.keys.map { |what| what.split(" ", 2).last }.uniq
    expect(words).to include("exactly", "not exactly", "at most", "at least", "within", "once", "never", "at all", "cold", "asserted", "refuted")
  end

  it "change their minds about callers" do
    pairs = [%w[row load], %w[prepare load], %w[finish load], %w[finish plain], %w[run row]]
    direct = mutants.reject { |name, _| name.end_with?("by send") }
    flips = direct.sum do |name, source|
      become(source)
      now = oracle(3)
      mutant = Mutant.new(3)
      pairs.count do |caller, callee|
        found = make_calls("Mutant##{callee}").from("Mutant##{caller}").exactly(base[[caller, callee]]).matches?(proc { mutant.run })
        expect(found).to be(now[[caller, callee]] == base[[caller, callee]]), "#{callee} from #{caller}, #{name}"
        !found
      end
    end
    expect(flips).to be > 20
  end

  it "change their minds about growth" do
    flips = Hash.new(0)
    mutants.each do |name, source|
      become(source)
      tables = sizes.map { |size| oracle(size) }
      counts = watched.to_h { |method| [method, tables.map { |table| called(table, method) }] }
      counts.each do |method, numbers|
        constant = passed?(make_constant_calls("Mutant##{method}").for(sizes), size: true)
        expect(constant).to be(numbers.uniq.one?), "#{method} constant, #{name}"
        asserted = assertion_passed? { |test| test.assert_constant_calls("Mutant##{method}", sizes) { |n| Mutant.new(n).run } }
        expect(asserted).to be(constant)
        linear = passed?(make_calls("Mutant##{method}").growing_at_most(:linear).for(sizes), size: true)
        expect(linear).to be(!faster_than_linear?(numbers)), "#{method} linear, #{name}: #{numbers}"
        flips[[method, :constant]] += 1 unless constant
        flips[[method, :linear]] += 1 unless linear
      end
      all = passed?(grow_at_most(:linear).for(sizes), size: true)
      expect(all).to be(counts.values.none? { |numbers| faster_than_linear?(numbers) }), "all, #{name}"
      flips[:all] += 1 unless all
    end
    expect(flips.keys).to include(:all, ["prepare", :constant], ["show", :linear], ["load", :linear])
  end

  it "change their minds about objects" do
    flips = mutants.count do |name, source|
      next if name.end_with?("after an exception")

      become(source)
      made = called(oracle(3), "show")
      mutant = Mutant.new(3)
      found = allocate_exactly(3).objects.matches?(proc { mutant.run })
      expect(found).to be(made == 3), name
      expect(allocate_at_most(3).objects.matches?(proc { mutant.run })).to be(made <= 3), name
      expect(assertion_passed? { |test| test.assert_allocates_at_most(3) { mutant.run } }).to be(made <= 3), name
      !found
    end
    expect(flips).to be > 5
  end

  it "find what is not the same each time" do
    mutants.each do |name, source|
      become(source)
      mutant = Mutant.new(3)
      expect(make_stable_calls.matches?(proc { mutant.run })).to be(true), name
    end
    unsteady.each do |name, source|
      become(source)
      mutant = Mutant.new(3)
      work = proc { mutant.run }
      expect(make_stable_calls.matches?(work)).to be(false), name
      expect(make_stable_calls("Mutant##{name[/\w+/]}").matches?(work)).to be(false), name
      expect(make_stable_calls("Mutant#run").matches?(work)).to be(true), name
      expect(make_calls("Mutant##{name[/\w+/]}").stable.at_least(0).matches?(work)).to be(false), name
      expect(assertion_passed? { |test| test.assert_stable_calls(&work) }).to be(false), name
    end
  end
end
