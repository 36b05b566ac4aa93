# frozen_string_literal: true

require "growth_counts"

# Programs whose growth is known, each with the method whose calls are counted. The block of a program gets a size,
# builds the input, and returns what is to be measured. All data is the same in every run.
module GrowthPrograms
  # Sizes by how dear a program is: the sets that the corpus is measured with.
  SIZES = {
    quick: [[10, 100, 1000], [50, 100, 200, 400], [64, 512, 4096], [3, 7, 100, 101], [10, 30, 90, 270, 810]],
    dear: [[10, 100, 500], [50, 100, 200, 400], [8, 64, 512], [3, 7, 100, 101], [5, 15, 45, 135, 405]],
    dearer: [[10, 20, 40], [5, 10, 20, 40], [4, 16, 64], [3, 7, 40, 41], [6, 12, 24, 48]],
    explosive: [[4, 8, 12], [5, 10, 15], [3, 6, 9, 12], [3, 7, 14, 15], [10, 11, 12, 13, 14]]
  }.freeze

  Program = Struct.new(:name, :called, :expected, :sizes, :work) do
    def count(size)
      GrowthCounts.of("GrowthPrograms::#{called}", &work.call(size))
    end
  end

  class << self
    def all
      @all ||= []
    end

    # @param expected [Symbol] its class of growth
    # @param called [String] the method that is counted, a name below GrowthPrograms
    def program(expected, name, called, dear = :quick, &work)
      all << Program.new(name, called, expected, SIZES.fetch(dear), work)
    end

    def numbers(size, seed = 1)
      random = Random.new(seed)
      Array.new(size) { random.rand(1 << 40) }
    end
  end

  # What most programs call: it does nothing, so that only calls are counted.
  module Work
    def self.step(value = nil) = value
  end

  # A number whose comparisons are Ruby methods.
  class Item
    include Comparable
    attr_reader :value

    def initialize(value) = @value = value
    def <=>(other) = value <=> other.value
    def ==(other) = value == other.value
    def eql?(other) = value == other.value
    def hash = value.hash

    def self.list(size, seed = 1) = GrowthPrograms.numbers(size, seed).map { |number| new(number) }
  end

  # A binary heap, least first. Each step up or down is a call of `swap`; each comparison one of `before?`.
  class Heap
    def initialize(items = []) = @items = items
    def size = @items.size
    def before?(one, other) = @items[one] < @items[other]

    def swap(one, other)
      @items[one], @items[other] = @items[other], @items[one]
    end

    def push(item)
      @items << item
      up(@items.size - 1)
    end

    def pop
      swap(0, @items.size - 1)
      item = @items.pop
      down(0)
      item
    end

    def heapify = (@items.size / 2).downto(0) { |index| down(index) }

    def up(index)
      while index.positive? && before?(index, (index - 1) / 2)
        swap(index, (index - 1) / 2)
        index = (index - 1) / 2
      end
    end

    def down(index)
      loop do
        least = index
        [(2 * index) + 1, (2 * index) + 2].each { |child| least = child if child < @items.size && before?(child, least) }
        return if least == index

        swap(index, least)
        index = least
      end
    end
  end
end

%w[constant logarithmic linear n_log_n quadratic steeper].each { |name| require "growth_programs/#{name}" }
