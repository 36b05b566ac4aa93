# frozen_string_literal: true

require "ruby-prof/rspec/matchers"
require "ruby-prof/test_run"

# Blocks that do not simply return, and matchers in the middle of something else.
RSpec.describe "Matchers around blocks of any kind" do
  before do
    stub_const("Worker", Class.new do
      def call = step
      def step = 1
      def many = 3.times { step }
    end)
  end

  let(:worker) { Worker.new }
  def step = make_calls("Worker#step")

  # That nothing of ours goes on.
  after do
    expect(RubyProf.profile { worker.call }.threads.first.methods.map(&:full_name)).to include "Worker#step"
    expect(make_calls("Worker#step").once.matches?(proc { worker.call })).to be true
  end

  it "let an exception through as it is, from the first run on" do
    error = IOError.new("gone")
    runs = 0
    expect { step.matches?(proc { runs += 1; raise error }) }.to raise_error(equal(error))
    expect(runs).to eq 1
    expect { step.matches?(proc { (runs += 1) == 3 ? raise(error) : worker.call }) }.to raise_error(equal(error))
    expect { step.cold.matches?(proc { raise error }) }.to raise_error(equal(error))
    expect { make_constant_calls("Worker#step").for([1, 2]).matches?(proc { |n| n == 2 ? raise(error) : worker.call }) }.to raise_error(equal(error))
    expect { grow_at_most(:linear).for([1, 2, 4, 8]).matches?(proc { |_| raise error }) }.to raise_error(equal(error))
    expect { allocate_at_most(1).matches?(proc { raise error }) }.to raise_error(equal(error))
    expect { make_stable_calls.matches?(proc { raise error }) }.to raise_error(equal(error))
  end

  it "let exit through" do
    expect { step.matches?(proc { exit 3 }) }.to raise_error(SystemExit) { |error| expect(error.status).to eq 3 }
    expect { step.cold.matches?(proc { exit 4 }) }.to raise_error(SystemExit) { |error| expect(error.status).to eq 4 }
  end

  it "let a throw through" do
    expect(catch(:done) { step.matches?(proc { throw :done, 5 }) }).to eq 5
    expect(catch(:done) { step.cold.matches?(proc { throw :done, 6 }) }).to eq 6
    runs = 0
    expect(catch(:done) { step.matches?(proc { throw :done, 7 if (runs += 1) == 2 }) }).to eq 7
  end

  it "let a return through" do
    def leave = make_calls("Worker#step").matches?(proc { return 5 })
    expect(leave).to eq 5
  end

  it "take next for the end of the block" do
    expect { worker.call; next if worker; worker.call }.to step.once
  end

  it "take a lambda, a method, and a symbol's block" do
    expect(&-> { worker.call }).to step.once
    expect(&worker.method(:call)).to step.once
    expect { |n| n.times { worker.call } }.to step.growing_at_most(:linear).for([1, 2, 4, 8])
    expect(&->(n) { n.times { worker.call } }).to step.growing_at_most(:linear).for([1, 2, 4, 8])
  end

  it "work within each other" do
    expect { expect { worker.many }.to make_calls("Worker#step").thrice }.to make_calls("Worker#many").twice
  end

  it "work in threads and fibers" do
    found = Array.new(4) { |number| Thread.new { Array.new(5) { make_calls("Worker#step").exactly(number).matches?(proc { number.times { worker.call } }) } } }.flat_map(&:value)
    expect(found).to eq [true] * 20
    expect(Fiber.new { make_calls("Worker#step").once.matches?(proc { worker.call }) }.resume).to be true
  end

  it "leave a profile that is running as it is" do
    outer = RubyProf::Profile.new(c_calls: false)
    outer.start
    expect { worker.many }.to step.thrice
    expect { worker.many }.not_to step.twice
    expect { |n| n.times { worker.call } }.not_to make_constant_calls("Worker#step").for([2, 4])
    expect { worker.call }.to make_stable_calls
    expect { Object.new }.to allocate_exactly(1).object
    matcher = step.twice
    expect(matcher.matches?(proc { worker.many })).to be false
    message = matcher.failure_message
    result = outer.stop
    expect(message).to include "got 3\n  3  from Worker#many"
    methods = result.threads.flat_map(&:methods)
    # Twice 3 times, for the warm-up and the count; 2 + 2 + 4; 4 runs; twice and one more that explains.
    expect(methods.select { |method| method.full_name == "Worker#step" }.sum(&:called)).to eq 3 * 2 + 3 * 2 + (2 + 2 + 4) + 4 + 3 * 3
    expect(methods.map(&:full_name).grep(/RubyProf::(?:Expectations|Matchers|Counting)/)).to eq []
  end

  it "leave RubyProf.start as it is" do
    RubyProf.start
    expect { worker.many }.to step.thrice
    expect(RubyProf.running?).to be true
    expect(calls_of(RubyProf.stop, "Worker#step")).to eq 6
  end

  it "count nothing of what runs them" do
    expect { }.to make_calls(/.*/).cold.never
    expect { }.to allocate_exactly(0).objects.cold
    expect { |n| n }.to grow_at_most(:constant).for([1, 2, 3])
  end

  it "tell the run what they found" do
    told = []
    allow(RubyProf.const_get(:TestRun)).to receive(:measured) { |**facts| told << facts }
    step.once.matches?(proc { worker.call })
    step.at_most(2).matches?(proc { worker.many })
    step.does_not_match?(proc { worker.many })
    make_constant_calls("Worker#step").for([1, 2]).matches?(proc { |n| n.times { worker.call } })
    allocate_at_most(5).objects.matches?(proc { worker.call })
    expect(told).to eq [{ expectation: "make calls to Worker#step exactly 1 time", limit: "exactly 1", called: 1, passed: true },
                        { expectation: "make calls to Worker#step at most 2 times", limit: "at most 2", called: 3, passed: false },
                        { expectation: "not make calls to Worker#step", limit: "at least 1", called: 3, passed: false },
                        { expectation: "make constant calls to Worker#step for 1, 2", limit: "constant", called: [1, 2], passed: false },
                        { expectation: "allocate at most 5 objects", limit: "at most 5", called: 0, passed: true }]
  end
end
