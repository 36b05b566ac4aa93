# frozen_string_literal: true

module GrowthPrograms
  # Divides and forgets.
  module Halves
    def self.search(list, wanted, low = 0, high = list.size)
      return low if low >= high

      middle = (low + high) / 2
      list[middle] < wanted ? search(list, wanted, middle + 1, high) : search(list, wanted, low, middle)
    end

    def self.power(base, exponent)
      return 1 if exponent.zero?

      half = power(base, exponent / 2)
      half * half * (exponent.odd? ? base : 1)
    end

    def self.digits(number) = number < 10 ? [number] : digits(number / 10) << (number % 10)
  end

  # Grows by doubling.
  class Buffer
    def initialize = (@room, @used = 1, 0)

    def <<(_item)
      grow if @used == @room
      @used += 1
    end

    def grow
      @used.times { |index| copy(index) }
      @room *= 2
    end

    def copy(index) = index
  end

  # Sums of prefixes (Fenwick).
  class Sums
    def initialize(size) = @cells = Array.new(size + 1, 0)

    def add(index, value)
      while index < @cells.size
        touch(index, value)
        index += index & -index
      end
    end

    def touch(index, value) = @cells[index] += value
  end

  program(:logarithmic, "binary search", "Halves.search") { |n| -> { Halves.search((0...n).to_a, n) } }
  program(:logarithmic, "Array#bsearch", "Item#<=>") do |n|
    list = Item.list(n).sort
    -> { list.bsearch { |item| item >= list[-1] } }
  end
  program(:logarithmic, "a new least item into a heap", "Heap#swap") do |n|
    heap = Heap.new(Item.list(n).sort)
    -> { heap.push(Item.new(-1)) }
  end
  program(:logarithmic, "take the least item of a heap", "Heap#before?") do |n|
    heap = Heap.new(Item.list(n).sort)
    -> { heap.pop }
  end
  program(:logarithmic, "power by squares", "Halves.power") { |n| -> { Halves.power(3, n) } }
  program(:logarithmic, "digits", "Halves.digits") { |n| -> { Halves.digits(n * n * n) } }
  program(:logarithmic, "a buffer that doubles", "Buffer#grow") do |n|
    buffer = Buffer.new
    -> { n.times { |item| buffer << item } }
  end
  program(:logarithmic, "one change of prefix sums", "Sums#touch") do |n|
    sums = Sums.new(n)
    -> { sums.add(1, 5) }
  end
  program(:logarithmic, "three searches and ten calls more", "Work.step") do |n|
    -> { (10 + (3 * n.bit_length)).times { Work.step } }
  end
end
