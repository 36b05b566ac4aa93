# frozen_string_literal: true

RSpec.describe "Recursion" do
  module RecursionFixtures
    class Stairs
      def climb(steps)
        ManualClock.advance(1)
        climb(steps - 1) if steps.positive?
      end

      def left(steps)
        ManualClock.advance(10)
        right(steps - 1) if steps.positive?
      end

      def right(steps)
        ManualClock.advance(100)
        left(steps - 1) if steps.positive?
      end

      def twice
        climb(1)
        climb(2)
      end
    end

    STAIRS = Stairs.new
  end

  def info(recorded, name)
    method_info(recorded, "RecursionFixtures::Stairs##{name}")
  end

  def callers(method)
    method.call_trees.callers.map { |edge| [edge.parent.target.method_name, edge.called, *nanoseconds(edge).first(2)] }
  end

  it "counts the time of outermost calls only in a method's total" do
    climb = info(profile_by_hand { RecursionFixtures::STAIRS.climb(4) }, :climb)
    expect(climb.called).to eq 5
    expect(times(climb)).to eq total: 5, self: 5, wait: 0, children: 0
    expect(climb).to be_recursive
  end

  it "is a deeper node of the tree at each level" do
    climb = info(profile_by_hand { RecursionFixtures::STAIRS.climb(3) }, :climb)
    expect(climb.call_trees.call_trees.map { |tree| [tree.depth, *nanoseconds(tree).first(2)] })
      .to eq [[1, 4, 1], [2, 3, 1], [3, 2, 1], [4, 1, 1]]
  end

  it "counts nested calls along the same edge once: no caller has more than the whole" do
    climb = info(profile_by_hand { RecursionFixtures::STAIRS.climb(4) }, :climb)
    expect(callers(climb)).to eq [[:profile_by_hand, 1, 5, 1], [:climb, 4, 4, 4]]
  end

  it "marks all methods of a circle, and only those" do
    recorded = profile_by_hand { RecursionFixtures::STAIRS.left(3) }
    left, right = %i[left right].map { |name| info(recorded, name) }
    expect([left, right].map(&:recursive?)).to eq [true, true]
    expect(times(left)).to eq total: 220, self: 20, wait: 0, children: 200
    expect(times(right)).to eq total: 210, self: 200, wait: 0, children: 10
    expect(recorded.threads.first.call_tree.target).not_to be_recursive
  end

  it "is no matter of calling twice" do
    recorded = profile_by_hand { 2.times { RecursionFixtures::STAIRS.climb(0) } }
    expect(info(recorded, :climb)).to have_attributes(called: 2, recursive?: false)
  end

  it "adds up outermost calls" do
    recorded = profile_by_hand { RecursionFixtures::STAIRS.twice }
    expect(info(recorded, :climb).called).to eq 5
    expect(times(info(recorded, :climb))).to include total: 5, self: 5
    expect(times(info(recorded, :twice))).to include total: 5, children: 5
  end

  it "may be thousands deep", stress: false do
    recorded = profile_by_hand { RecursionFixtures::STAIRS.climb(5000) }
    climb = info(recorded, :climb)
    expect(climb.called).to eq 5001
    expect(nanoseconds(climb).first).to eq 5001
    expect(climb.call_trees.call_trees.map(&:depth).max - climb.call_trees.min_depth).to eq 5000
    [RubyProf::FlatPrinter, RubyProf::GraphHtmlPrinter].each do |printer|
      expect(printer.new(recorded).print(+"")).to include "RecursionFixtures::Stairs#climb"
    end
  end
end
