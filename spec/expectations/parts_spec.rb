# frozen_string_literal: true

require "ruby-prof/rspec/matchers"

# The small parts of expectations.
RSpec.describe "Parts of expectations" do
  expectations = RubyProf.const_get(:Expectations)

  describe expectations::Bound do
    it "says what it is, and what it includes" do
      { %i[exactly] + [0] => ["no", "no calls", "never", [0], [1]],
        %i[exactly] + [1] => ["exactly 1", "exactly 1 call", "exactly 1 time", [1], [0, 2]],
        %i[at_most] + [1] => ["at most 1", "at most 1 call", "at most 1 time", [0, 1], [2]],
        %i[at_least] + [2] => ["at least 2", "at least 2 calls", "at least 2 times", [2, 9], [0, 1]],
        [:within, 2..3] => ["2 to 3", "2 to 3 calls", "2 to 3 times", [2, 3], [1, 4]],
        [:within, 2...4] => ["2 to 3", "2 to 3 calls", "2 to 3 times", [2, 3], [1, 4]],
        [:within, 2..] => ["at least 2", "at least 2 calls", "at least 2 times", [2], [1]],
        [:within, ..3] => ["at most 3", "at most 3 calls", "at most 3 times", [0, 3], [4]] }.each do |arguments, (text, calls, times, inside, outside)|
        bound = described_class.public_send(*arguments)
        expect([bound.to_s, bound.of("call"), bound.times]).to eq [text, calls, times]
        expect(inside).to all(satisfy { |count| bound.include?(count) })
        expect(outside).to all(satisfy { |count| !bound.include?(count) })
      end
    end

    it "shows large numbers as people read them, and has them for programs" do
      bound = described_class.within(1000..2_000_000)
      expect([bound.to_s, bound.of("call")]).to eq ["1000 to 2000000", "1,000 to 2,000,000 calls"]
    end

    it "refuses what is no number" do
      [-1, 1.0, nil, "1", :many].each { |count| expect { described_class.exactly(count) }.to raise_error(ArgumentError, /an Integer of 0 or more/) }
      [1, nil, 1.0..2.0, "a".."b", -1..2, (nil..nil)].each { |range| expect { described_class.within(range) }.to raise_error(ArgumentError, /such as within\(2\.\.5\)/) }
      expect { described_class.within(3..1) }.to raise_error(ArgumentError, "within(3..1): no number is in this Range")
      expect { described_class.within(0...0) }.to raise_error(ArgumentError, /no number/)
    end
  end

  describe expectations::Sizes do
    it "puts numbers below sizes" do
      expect(described_class.table([1, 10, 1000], "calls" => [5, 123, 4])).to eq ["  sizes  1   10  1,000", "  calls  5  123      4"]
      expect(described_class.list((1..30).to_a)).to eq "1, 2, 3, 4, 5, 6, 7, 8, 9, ..., 30"
      expect(described_class.table((1..30).to_a, {}).first.split.size).to eq 11
    end

    it "offers sizes at which every bound could be exceeded" do
      classes = RubyProf.send(:const_get, :Growth)::CLASSES - %i[constant exponential]
      offered = classes.to_h { |bound| [bound, eval(described_class::FAR_APART[bound])] }
      expect(offered.map { |bound, sizes| described_class.telling(bound, sizes) }).to eq offered.values
      expect { described_class.telling(:cubic, [2, 4, 8]) }.to raise_error(ArgumentError, /such as \[5, 10, 20, 40, 80\]/)
    end

    it "keeps what it was given as it was" do
      sizes = [1, 2]
      checked = described_class.checked(sizes)
      sizes << 1
      expect(checked).to eq [1, 2]
    end
  end

  describe expectations::Text do
    it "makes a harmless line of any name" do
      expect(described_class.shown("a\nb\e[0m\u202ec\u2028")).to eq 'a\nb\e[0m\u202Ec\u2028'
      expect(described_class.shown("a\xFFb".b)).to eq 'a\xFFb'
      expect(described_class.shown("ü")).to eq "ü"
      expect(described_class.shown("x" * 10_000_000).size).to eq 80
      expect(described_class.shown("\xFF" * 100_000).size).to eq 80
      expect(described_class.shown("\xE9".dup.force_encoding("ISO-8859-1"))).to eq '\xE9'
    end

    it "names methods as patterns do" do
      { "Foo#bar" => "Foo#bar", "<Class::Foo::Bar>#baz" => "Foo::Bar.baz", "<Module::Foo>#bar>#baz" => "Foo.bar>#baz", "<Object::Foo>#bar" => "<Object::Foo>#bar",
        "<Class::#<Class:0x1f>>#bar" => "#<Class:0x1f>.bar", "<Class::Foo>#\xff" => 'Foo.\xFF', "<Class::Foo>#a\nb" => 'Foo.a\nb', "<Class::" => "<Class::" }.each do |full_name, shown|
        expect(described_class.method_name(Struct.new(:full_name).new(full_name))).to eq shown
      end
      expect(described_class.method_name(Struct.new(:full_name).new("<Class::#{"Ü" * 1_000_000}>#bar"), 10)).to eq "ÜÜÜÜ…Ü.bar"
    end

    it "shows places from here" do
      here = File.join(Dir.pwd, "lib/a.rb")
      expect(described_class.place(here, 3)).to eq "lib/a.rb:3"
      expect(described_class.place("/elsewhere/a.rb", 3)).to eq "/elsewhere/a.rb:3"
      expect(described_class.place("(eval)", 0)).to eq "(eval)"
      expect(described_class.place(nil, 0)).to be_nil
      expect(described_class.place("/#{"x" * 500}/a.rb", 3)).to match(%r{\A…x+/a\.rb:3\z})
    end

    it "shows what somebody gave, and calls nothing of it" do
      strange = Class.new(BasicObject) { def inspect = ::Kernel.raise("called") }
      stub_const("Strange", strange)
      expect(described_class.value(strange.new)).to eq "an object of Strange"
      expect(described_class.value([1, "a", nil, strange.new])).to eq '[1, "a", nil, an object of Strange]'
      expect(described_class.value(1..)).to eq "1.."
    end
  end

  describe expectations::Verdict do
    it "makes its message when it is asked for, once" do
      asked = 0
      verdict = described_class.new(false, -> { "asked #{asked += 1} times" })
      expect(asked).to eq 0
      expect([verdict.message, verdict.message]).to eq ["asked 1 times"] * 2
    end
  end

  it "make no message, and no other run, for what passes" do
    runs = 0
    expect { runs += 1 }.to make_calls("Kernel#puts").never.or make_calls("Kernel#puts")
    expect(runs).to eq 4
  end

  it "bring no constant into the programs that include RSpec::Matchers or Minitest::Assertions" do
    require "minitest"
    require "ruby-prof/minitest/assertions"
    expect(RSpec::Matchers.constants & RubyProf::Matchers.constants).to eq [:DSL]
    expect(RSpec::Matchers::DSL.name).to eq "RSpec::Matchers::DSL"
    expect(RubyProf::Assertions.constants).to eq []
  end

  it "describe a chain that is not complete" do
    expect(make_constant_calls("Kernel#puts").description).to include "write make_constant_calls(...).for("
  end
end
