# frozen_string_literal: true

module GrowthPrograms
  # The README's example before it is mended.
  class ScoreMap < QuickScoreMap
    def scale_factor = @scores.values.max_by { |score| size_of(score) }.abs / 1000.0
    def size_of(score) = score.abs
  end

  # Two keys of it are never told apart by their hash.
  class Collision < Item
    def hash = 1
    def eql?(other) = super
  end

  # Sorts that compare neighbours.
  module SlowSorts
    def self.before?(one, other) = one < other

    def self.bubble(list)
      (list.size - 1).downto(1) do |last|
        (0...last).each do |index|
          list[index], list[index + 1] = list[index + 1], list[index] if before?(list[index + 1], list[index])
        end
      end
    end

    def self.insertion(list)
      list.each_index do |index|
        while index.positive? && before?(list[index], list[index - 1])
          list[index], list[index - 1] = list[index - 1], list[index]
          index -= 1
        end
      end
    end
  end

  def self.quadratic(name, &steps)
    program(:quadratic, name, "Work.step", :dear) { |n| -> { steps.call(n).times { Work.step } } }
  end

  program(:quadratic, "ScoreMap", "ScoreMap#size_of", :dear) do |n|
    scores = numbers(n).each_with_index.to_h { |score, item| [item, score.to_f] }
    -> { ScoreMap.new(scores).serialize }
  end
  program(:quadratic, "bubble sort", "SlowSorts.before?", :dear) do |n|
    list = numbers(n)
    -> { SlowSorts.bubble(list) }
  end
  program(:quadratic, "insertion sort", "SlowSorts.before?", :dear) do |n|
    list = numbers(n)
    -> { SlowSorts.insertion(list) }
  end
  program(:quadratic, "pairs", "Work.step", :dear) do |n|
    -> { (0...n).each { |one| (one + 1...n).each { |other| Work.step(other) } } }
  end
  program(:quadratic, "Array#include? for each", "Item#==", :dear) do |n|
    items, wanted = Item.list(n), Item.list(n, 2)
    -> { wanted.count { |item| items.include?(item) } }
  end
  program(:quadratic, "keys that collide", "Collision#eql?", :dear) do |n|
    keys = numbers(n).map { |number| Collision.new(number) }
    -> { keys.to_h { |key| [key, true] } }
  end
  program(:quadratic, "a grid", "Work.step", :dear) do |n|
    -> { n.times { |row| n.times { |column| Work.step(row + column) } } }
  end
  program(:quadratic, "all substrings", "Work.step", :dear) do |n|
    -> { (0...n).each { |from| (from...n).each { |to| Work.step(to) } } }
  end
  program(:quadratic, "longest common part", "Work.step", :dear) do |n|
    -> { (0..n).each { |row| (0..n).each { |column| Work.step(row * column) } } }
  end
  program(:quadratic, "every other pair, at random", "Work.step", :dear) do |n|
    list = numbers(n)
    -> { list.each { |one| list.each { |other| Work.step(one) if (one ^ other).odd? } } }
  end

  quadratic("a quarter of a grid") { |n| n * n / 4 }
  quadratic("a grid beside a thousand") { |n| (n * n) + 1000 }
  quadratic("a grid beside fifty walks") { |n| (n * n) + (50 * n) }
  quadratic("a grid in small below a walk") { |n| (n * n / 20) + n }
  quadratic("rows of a triangle, each with a header") { |n| (n * (n - 1) / 2) + n + 1 }
end
