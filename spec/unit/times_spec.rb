# frozen_string_literal: true

RSpec.describe "Times" do
  module TimesFixtures
    class Task
      def run
        ManualClock.advance(1)
        step(10)
        ManualClock.advance(100)
        step(1000)
        step(1000)
      end

      def step(time)
        ManualClock.advance(time)
        yield if block_given?
      end

      def with_block
        step(3) { ManualClock.advance(20) }
      end
    end
  end

  def method_times(recorded, name)
    times(method_info(recorded, "TimesFixtures::Task##{name}"))
  end

  it "are exact: total, self and children" do
    recorded = profile_by_hand { TimesFixtures::Task.new.run }
    expect(method_times(recorded, :step)).to eq total: 2010, self: 2010, wait: 0, children: 0
    expect(method_times(recorded, :run)).to eq total: 2111, self: 101, wait: 0, children: 2010
  end

  it "of a block belong to the method that yields" do
    recorded = profile_by_hand { TimesFixtures::Task.new.with_block }
    expect(method_times(recorded, :step)).to include total: 23, self: 23
    expect(method_times(recorded, :with_block)).to include total: 23, self: 0
  end

  it "of C methods are theirs when they are recorded, and their caller's when not" do
    with, without = [true, false].map { |c_calls| profile_by_hand(c_calls: c_calls) { TimesFixtures::Task.new.step(5) } }
    expect(method_times(with, :step)).to include self: 0, children: 5
    expect(method_times(without, :step)).to include self: 5, children: 0
    expect(times(method_info(with, "<Module::RubyProf::Testing>#advance"))).to include self: 5
  end

  it "before start and after stop are nobody's" do
    recorded = by_hand
    ManualClock.advance(1)
    recorded.start
    ManualClock.advance(20)
    recorded.stop
    ManualClock.advance(300)
    expect(times(recorded.threads.first.call_tree)).to include total: 20
  end

  it "of calls still open at stop end there" do
    recorded = by_hand
    task = TimesFixtures::Task.new
    recorded.start
    task.step(7) { [recorded.stop, ManualClock.advance(100)] }
    expect(method_times(recorded, :step)).to include total: 7, self: 7
  end

  it "of calls left by an exception end where it leaves them" do
    recorded = profile_by_hand do
      TimesFixtures::Task.new.step(7) { raise "left" }
    rescue RuntimeError
      ManualClock.advance(50)
    end
    expect(method_times(recorded, :step)).to include total: 7, self: 7
    expect(times(recorded.threads.first.call_tree)).to include total: 57, self: 50
  end

  it "of the root are the thread's" do
    recorded = profile_by_hand { TimesFixtures::Task.new.run }
    thread = recorded.threads.first
    expect(thread.total_time).to eq thread.call_tree.total_time
    expect((thread.total_time * 1e9).round).to eq 2111
  end

  it "of all methods' selves and waits add up to the thread's total" do
    recorded = profile_by_hand(c_calls: true) { TimesFixtures::Task.new.tap(&:run).with_block }
    thread = recorded.threads.first
    selves = thread.methods.sum { |method| nanoseconds(method).values_at(1, 2).sum }
    expect(selves).to eq((thread.total_time * 1e9).round)
    expect(selves).to eq 2111 + 23
  end

  it "may be longer than a day" do
    recorded = profile_by_hand { ManualClock.advance(100_000 * 1_000_000_000) }
    expect(recorded.threads.first.total_time).to eq 100_000.0
  end
end
