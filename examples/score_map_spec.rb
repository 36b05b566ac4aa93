# frozen_string_literal: true

# The slow deploy of score_map.rb, as specs: one line each would have caught it. No clock is involved, so none of them ever
# fails because a machine is busy.
#
#     rspec examples/score_map_spec.rb
#
# `FIXED=1` runs them against the fix.

$LOAD_PATH.unshift File.expand_path("../lib", __dir__)

require "ruby-prof/rspec"

# Scores of items, packed small enough to travel: each becomes a whole number between -1000 and 1000.
class ScoreMap
  def initialize(scores)
    @scores = scores
  end

  def serialize
    to_int_array.flatten.pack("l*")
  end

  def to_int_array
    @scores.map { |item, score| [item, (score / (scale_factor + 1)).to_i] }
  end

  # Walks every score to find the largest, and is asked for every score: quadratic.
  def scale_factor
    @scores.values.max_by(&:abs).abs / 1000.0
  end
end

# The fix: look once, and remember.
class QuickScoreMap < ScoreMap
  def scale_factor
    @scale_factor ||= super
  end
end

RSpec.describe ENV["FIXED"] ? QuickScoreMap : ScoreMap do
  def scores(count)
    Array.new(count) { |item| [item, item * 2.5] }.to_h
  end

  it "looks for the largest score once, however many there are" do
    expect { |n| described_class.new(scores(n)).serialize }.to make_constant_calls("Enumerable#max_by").for([10, 100, 1000])
  end

  it "does work in proportion to the number of scores" do
    expect { |n| described_class.new(scores(n)).serialize }.to grow_at_most(:linear).for([50, 100, 200, 400])
  end

  it "looks for it once" do
    expect { described_class.new(scores(400)).serialize }.to make_calls("Enumerable#max_by").once
  end
end
