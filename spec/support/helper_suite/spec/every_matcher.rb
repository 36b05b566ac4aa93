# frozen_string_literal: true

require "library"
require "ruby-prof/rspec"

RSpec.describe Library do
  let(:library) { Library.new }

  before { GC.start if rand < 0.1 }

  def fail_with(text) = raise_error(RSpec::Expectations::ExpectationNotMetError, text)

  describe "how many calls" do
    it("exactly") { expect { library.titles }.to make_calls("Store.fetch").exactly(12).times }
    it("not fewer") { expect { expect { library.titles }.to make_calls("Store.fetch").exactly(13).times }.to fail_with(/exactly 13 calls to Store.fetch, got 12/) }
    it("at least") { expect { library.titles }.to make_calls("Book#title").at_least(12).times }
    it("at most") { expect { library.titles }.to make_calls("Book#title").at_most(12).times }
    it("too many") { expect { expect { library.titles }.to make_calls("Book#title").at_most(11).times }.to fail_with(/got 12/) }
    it("within") { expect { library.titles }.to make_calls("Book#title").within(10..12) }
    it("never") { expect { library.oldest }.to make_calls("Store.fetch").never }
    it("some") { expect { library.titles }.to make_calls("Store.fetch") }
    it("none") { expect { library.shelves }.not_to make_calls("Store.fetch") }
    it("once") { expect { Library.new.loans }.to make_calls("Store.fetch").once }
    it("a method made of a block") { expect { library.shelves }.to make_calls("Book#shelf").exactly(12).times }
    it("an attribute") { expect { library.titles }.to make_calls("Book#id").exactly(12).times }
    it("a method in C") { expect { library.sorted }.to make_calls("Array#sort").once }
    it("a class") { expect { library.titles }.to make_calls(Store).exactly(12).times }
    it("a Method") { expect { library.titles }.to make_calls(Store.method(:fetch)).exactly(12).times }
    it("a glob") { expect { library.titles }.to make_calls("Book#ti*").exactly(12).times }
    it("a Regexp") { expect { library.titles }.to make_calls(/\ABook#title/).exactly(12).times }
    it("several") { expect { library.titles }.to make_calls("Book#title", "Store.fetch").exactly(24).times }
    it("from a method") { expect { library.titles }.to make_calls("Store.fetch").from("Book#title").exactly(12).times }
    it("from a block") { expect { library.titles_by_block }.to make_calls("Book#title").from("Library#titles_by_block").exactly(12).times }
    it("from C") { expect { library.titles }.to make_calls("Book#title").from("Array#map").exactly(12).times }
    it("from another") { expect { library.titles }.to make_calls("Store.fetch").from("Library#titles").never }
    it("in the block's fibers") { expect { library.on_fibers }.to make_calls("Store.fetch").once }
    it("lazily") { expect { library.lazily }.to make_calls("Store.fetch").twice }
    it("not in threads") { expect { library.in_threads }.to make_calls("Store.fetch").never }
    it("warm") { expect { library.loans }.to make_calls("Store.fetch").never }
    it("cold") { expect { library.loans }.to make_calls("Store.fetch").cold.once }
    it("stable") { expect { library.titles }.to make_calls("Store.fetch").stable.exactly(12).times }
    it("unstable") { expect { expect { library.counted == 2 && Store.fetch(1) }.to make_calls("Store.fetch").stable.once }.to fail_with(/not deterministic/) }
    it("a typo") { expect { expect { library.titles }.to make_calls("Store.fitch").never }.to raise_error(ArgumentError, /Did you mean Store.fetch/) }
    it("an exception") { expect { expect { raise IOError, "gone" }.to make_calls("Store.fetch").never }.to raise_error(IOError, "gone") }
  end

  describe "how counts grow" do
    it("constant") { expect { |n| Library.new(n).loans }.to make_constant_calls("Store.fetch").for([10, 100, 1000]) }
    it("not constant") { expect { expect { |n| Library.new(n).titles }.to make_constant_calls("Store.fetch").for([10, 100, 1000]) }.to fail_with(/linear/) }
    it("n log n") { expect { |n| Library.new(n).sorted }.to make_calls("Book#<=>").growing_at_most(:n_log_n).for([64, 128, 256, 512]) }
    it("quadratic") { expect { |n| Library.new(n).twins }.not_to make_calls("Book#shelf").growing_at_most(:linear).for([20, 40, 80, 160]) }
    it("all linear") { expect { |n| Library.new(n).titles }.to grow_at_most(:linear).for([50, 100, 200, 400]) }
    it("all but one") { expect { expect { |n| Library.new(n).twins }.to grow_at_most(:linear).for([20, 40, 80, 160]) }.to fail_with(/Book#shelf: quadratic/) }
  end

  describe "objects" do
    it("at most") { expect { Object.new }.to allocate_at_most(1).object }
    it("exactly") { expect { library.titles }.to allocate_exactly(25).objects }
    it("too many") { expect { expect { library.titles }.to allocate_at_most(24).objects }.to fail_with(/got 25/) }
  end

  describe "joined" do
    it("and") { expect { library.titles }.to make_calls("Book#title").exactly(12).times.and make_calls("Store.fetch").at_most(12).times }
    it("or") { expect { library.titles }.to make_calls("Book#title").never.or make_calls("Store.fetch").exactly(12).times }
    it("with others") { expect { library.counted }.to make_calls("Store.fetch").never.and change { library.counted }.by(2) }
  end

  it("stable calls") { expect { library.titles }.to make_stable_calls }
  it("calls that are not") { expect { expect { library.counted.odd? && library.titles }.to make_stable_calls("Store.fetch") }.to fail_with(/not deterministic/) }
  it("a golden profile") { expect { library.titles && library.shelves }.to match_call_profile("library") }
  it("another one") { expect { expect { library.titles }.to match_call_profile("library") }.to fail_with(/Book#shelf/) }
  it("profiled", :ruby_prof) { expect { library.titles }.to make_calls("Store.fetch").exactly(12).times }
end
