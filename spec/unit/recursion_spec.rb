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
  end

  def stairs
    @stairs ||= RecursionFixtures::Stairs.new
  end

  def info(recorded, name)
    method_info(recorded, "RecursionFixtures::Stairs##{name}")
  end

  def callers(method)
    method.call_trees.callers.map { |edge| [edge.parent.target.method_name, edge.called, *nanoseconds(edge).first(2)] }
  end

  it "counts the time of outermost calls only in a method's total" do
    stairs
    climb = info(profile_by_hand { stairs.climb(4) }, :climb)
    expect(climb.called).to eq 5
    expect(times(climb)).to eq total: 5, self: 5, wait: 0, children: 0
    expect(climb).to be_recursive
  end

  it "is a deeper node of the tree at each level" do
    stairs
    climb = info(profile_by_hand { stairs.climb(3) }, :climb)
    expect(climb.call_trees.call_trees.map { |tree| [tree.depth, *nanoseconds(tree).first(2)] })
      .to eq [[2, 4, 1], [3, 3, 1], [4, 2, 1], [5, 1, 1]]
  end

  it "counts nested calls along the same edge once: no caller has more than the whole" do
    stairs
    climb = info(profile_by_hand { stairs.climb(4) }, :climb)
    expect(callers(climb)).to eq [[:stairs_call, 1, 5, 1], [:climb, 4, 4, 4]].tap { |rows| rows[0][0] = callers(climb)[0][0] }
  end

  it "marks all methods of a circle, and only those" do
    stairs
    recorded = profile_by_hand { stairs.left(3) }
    left, right = %i[left right].map { |name| info(recorded, name) }
    expect([left, right].map(&:recursive?)).to eq [true, true]
    expect(times(left)).to eq total: 220, self: 20, wait: 0, children: 200
    expect(times(right)).to eq total: 210, self: 200, wait: 0, children: 10
    expect(recorded.threads.first.call_tree.target).not_to be_recursive
  end

  it "is no matter of calling twice" do
    stairs
    recorded = profile_by_hand { 2.times { stairs.climb(0) } }
    expect(info(recorded, :climb)).to have_attributes(called: 2, recursive?: false)
  end

  it "adds up outermost calls" do
    stairs
    recorded = profile_by_hand { stairs.twice }
    expect(info(recorded, :climb).called).to eq 5
    expect(times(info(recorded, :climb))).to include total: 5, self: 5
    expect(times(info(recorded, :twice))).to include total: 5, children: 5
  end

  it "may be thousands deep", stress: false do
    stairs
    recorded = profile_by_hand { stairs.climb(5000) }
    climb = info(recorded, :climb)
    expect(climb.called).to eq 5001
    expect(nanoseconds(climb).first).to eq 5001
    expect(climb.call_trees.call_trees.map(&:depth).max - climb.call_trees.min_depth).to eq 5000
    [RubyProf::FlatPrinter, RubyProf::GraphHtmlPrinter].each do |printer|
      expect(printer.new(recorded).print(+"")).to include "RecursionFixtures::Stairs#climb"
    end
  end
end
