# frozen_string_literal: true

module GrowthPrograms
  # Sorts that compare by calling `before?`, and move by calling `take`.
  module Sorts
    def self.before?(one, other) = one < other
    def self.take(item) = item

    def self.merge(list)
      return list if list.size < 2

      left, right = list.each_slice(list.size.fdiv(2).ceil).map { |part| merge(part) }
      merged = []
      merged << take((before?(right[0], left[0]) ? right : left).shift) until left.empty? || right.empty?
      (left + right).each { |item| merged << take(item) }
      merged
    end

    # The middle of three is the pivot.
    def self.quick(list)
      return list if list.size < 2

      pivot = [list[0], list[list.size / 2], list[-1]].sort[1]
      less, rest = list.partition { |item| before?(item, pivot) }
      equal, more = rest.partition { |item| item == pivot }
      quick(less) + equal + quick(more)
    end

    # The sum of all parts of a list, halves of halves.
    def self.halves(list)
      list.each { |item| take(item) }
      list.each_slice(list.size.fdiv(2).ceil) { |part| halves(part) } if list.size > 1
    end
  end

  program(:n_log_n, "merge sort, comparisons", "Sorts.before?") do |n|
    list = numbers(n)
    -> { Sorts.merge(list) }
  end
  program(:n_log_n, "merge sort, moves", "Sorts.take") do |n|
    list = numbers(n)
    -> { Sorts.merge(list) }
  end
  program(:n_log_n, "quick sort", "Sorts.before?") do |n|
    list = numbers(n)
    -> { Sorts.quick(list) }
  end
  program(:n_log_n, "halves of halves", "Sorts.take") do |n|
    list = numbers(n)
    -> { Sorts.halves(list) }
  end
  program(:n_log_n, "Array#sort", "Item#<=>") do |n|
    list = Item.list(n)
    -> { list.sort }
  end
  program(:n_log_n, "Array#sort_by", "Item#<=>") do |n|
    list = Item.list(n)
    -> { list.sort_by { |item| item } }
  end
  program(:n_log_n, "heap sort", "Heap#before?") do |n|
    list = Item.list(n)
    lambda do
      heap = Heap.new(list.dup)
      heap.heapify
      heap.pop until heap.size.zero?
    end
  end
  program(:n_log_n, "a binary search for each", "Halves.search") do |n|
    list = numbers(n).sort
    -> { list.each { |value| Halves.search(list, value) } }
  end
  program(:n_log_n, "a sum of prefixes changed for each", "Sums#touch") do |n|
    sums = Sums.new(n)
    -> { (1..n).each { |index| sums.add(index, 1) } }
  end
end
