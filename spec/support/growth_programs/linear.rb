# frozen_string_literal: true

module GrowthPrograms
  # A tree of n leaves.
  module Tree
    def self.walk(from, to)
      return if to - from <= 1

      middle = (from + to) / 2
      walk(from, middle)
      walk(middle, to)
    end
  end

  def self.linear(name, &steps)
    program(:linear, name, "Work.step") { |n| -> { steps.call(n).times { Work.step } } }
  end

  linear("each") { |n| n }
  linear("two passes and a header") { |n| (2 * n) + 1 }
  linear("all but one") { |n| n - 1 }
  linear("ten thousand calls first") { |n| 10_000 + n }
  linear("every third") { |n| n / 3 }
  linear("rounded up to pairs") { |n| n.fdiv(2).ceil }
  linear("five for each 32, one for each") { |n| (5 * n.fdiv(32).ceil) + n }
  linear("halves and thirds and fifths") { |n| (n / 2) + (n / 3) + (n / 5) + 7 }
  linear("those beyond the third") { |n| [n - 3, 0].max }
  linear("a search beside a walk") { |n| n + n.bit_length }
  linear("a walk with a hundred for each") { |n| 100 * n }

  program(:linear, "windows of ten", "Work.step") do |n|
    list = numbers(n)
    -> { list.each_cons(10) { |window| Work.step(window) } }
  end
  program(:linear, "slices of seven", "Work.step") do |n|
    list = numbers(n)
    -> { list.each_slice(7) { |slice| Work.step(slice) } }
  end
  program(:linear, "every other, at random", "Work.step") do |n|
    list = numbers(n)
    -> { list.each { |value| Work.step(value) if value.even? } }
  end
  program(:linear, "one in ten, at random", "Work.step") do |n|
    list = numbers(n)
    -> { list.each { |value| Work.step(value) if (value % 10).zero? } }
  end
  program(:linear, "one to three each, at random", "Work.step") do |n|
    list = numbers(n)
    -> { list.each { |value| ((value % 3) + 1).times { Work.step(value) } } }
  end
  program(:linear, "thirty for one in three, at random", "Work.step") do |n|
    list = numbers(n)
    -> { list.each { |value| 30.times { Work.step(value) } if (value % 3).zero? } }
  end
  program(:linear, "copies of a buffer that doubles", "Buffer#copy") do |n|
    buffer = Buffer.new
    -> { n.times { |item| buffer << item } }
  end
  program(:linear, "nodes of a tree", "Tree.walk") { |n| -> { Tree.walk(0, n) } }
  program(:linear, "build a heap", "Heap#before?") do |n|
    heap = Heap.new(Item.list(n))
    -> { heap.heapify }
  end
  program(:linear, "fill a hash", "Item#hash") do |n|
    items = Item.list(n)
    -> { items.to_h { |item| [item, true] } }
  end
  program(:linear, "largest", "Item#<=>") do |n|
    items = Item.list(n)
    -> { items.max }
  end
  program(:linear, "merge two sorted lists", "Item#<=>") do |n|
    lists = [1, 2].map { |seed| Item.list(n, seed).sort }
    -> { lists.min_by(&:first).shift while lists.none?(&:empty?) }
  end
  program(:linear, "words of a text", "Work.step") do |n|
    text = numbers(n).join(" ")
    -> { text.scan(/\d+/) { |word| Work.step(word) } }
  end
end
