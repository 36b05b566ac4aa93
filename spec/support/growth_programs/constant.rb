# frozen_string_literal: true

module GrowthPrograms
  # Reads its file once.
  class Settings
    def [](key) = (@values ||= load)[key]
    def load = { rate: 3 }
  end

  # The fixed ScoreMap of the README.
  class QuickScoreMap
    def initialize(scores) = @scores = scores
    def serialize = @scores.map { |item, score| [item, (score / (scale_factor + 1)).to_i] }
    def scale_factor = @scale_factor ||= largest / 1000.0
    def largest = @scores.values.max_by(&:abs).abs
  end

  program(:constant, "look up in a hash", "Item#hash") do |n|
    table = Item.list(n).to_h { |item| [item, true] }
    key = Item.new(5)
    -> { table[key] }
  end

  program(:constant, "find in a hash", "Item#eql?") do |n|
    items = Item.list(n)
    table = items.to_h { |item| [item, true] }
    key = Item.new(items[n / 2].value)
    -> { table[key] }
  end

  program(:constant, "settings that are read once", "Settings#load") do |n|
    settings = Settings.new
    -> { n.times { settings[:rate] } }
  end

  program(:constant, "ScoreMap, mended", "QuickScoreMap#largest") do |n|
    scores = numbers(n).each_with_index.to_h { |score, item| [item, score.to_f] }
    -> { QuickScoreMap.new(scores).serialize }
  end

  program(:constant, "sixteen rounds", "Work.step") { |_n| -> { 16.times { Work.step } } }
  program(:constant, "never called", "Work.step") { |n| -> { n.times { n } } }
  program(:constant, "warm-up of thousands", "Work.step") { |_n| -> { 12_345.times { Work.step } } }

  program(:constant, "the first three that fit", "Work.step") do |n|
    -> { (1..n).lazy.map { |value| Work.step(value) }.first(3) }
  end

  program(:constant, "top of a heap", "Heap#before?") do |n|
    heap = Heap.new(Item.list(n).sort)
    -> { heap.up(0) }
  end

  program(:constant, "a page of a list", "Work.step") do |n|
    list = numbers(n)
    -> { list.first(3).each { |value| Work.step(value) } }
  end
end
