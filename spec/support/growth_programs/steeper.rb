# frozen_string_literal: true

module GrowthPrograms
  # Recursion that does not remember.
  module Recursion
    def self.fibonacci(number) = number < 2 ? number : fibonacci(number - 1) + fibonacci(number - 2)

    def self.hanoi(disks, from, to, over)
      return if disks.zero?

      hanoi(disks - 1, from, over, to)
      move(from, to)
      hanoi(disks - 1, over, to, from)
    end

    def self.move(from, to) = [from, to]

    def self.subsets(list, index = 0, chosen = [])
      return chosen if index == list.size

      subsets(list, index + 1, chosen)
      subsets(list, index + 1, chosen + [list[index]])
    end

    def self.change(amount, count) = count.zero? || amount <= 0 ? 1 : change(amount, count - 1) + change(amount - 1, count - 1)

    def self.stairs(steps) = steps < 3 ? 1 : stairs(steps - 1) + stairs(steps - 2) + stairs(steps - 3)
  end

  program(:cubic, "multiply matrices", "Work.step", :dearer) do |n|
    -> { n.times { |row| n.times { |column| n.times { |index| Work.step(row + column + index) } } } }
  end
  program(:cubic, "triples", "Work.step", :dearer) do |n|
    -> { (0...n).each { |i| (i + 1...n).each { |j| (j + 1...n).each { |k| Work.step(k) } } } }
  end
  program(:cubic, "shortest ways between all", "Work.step", :dearer) do |n|
    -> { (0..n).each { |over| ((over.zero? ? 1 : n) * n).times { Work.step(over) } } }
  end
  program(:cubic, "letters of all substrings", "Work.step", :dearer) do |n|
    -> { (0...n).each { |from| (from...n).each { |to| (from..to).each { |index| Work.step(index) } } } }
  end
  program(:cubic, "order of products", "Work.step", :dearer) do |n|
    -> { (2..n).each { |size| (0..n - size).each { |from| (1...size).each { |split| Work.step(from + split) } } } }
  end

  program(:exponential, "Fibonacci", "Recursion.fibonacci", :explosive) { |n| -> { Recursion.fibonacci(n) } }
  program(:exponential, "towers of Hanoi", "Recursion.move", :explosive) { |n| -> { Recursion.hanoi(n, 1, 2, 3) } }
  program(:exponential, "subsets", "Recursion.subsets", :explosive) { |n| -> { Recursion.subsets((0...n).to_a) } }
  program(:exponential, "ways to change", "Recursion.change", :explosive) { |n| -> { Recursion.change(n, n) } }
  program(:exponential, "ways up the stairs", "Recursion.stairs", :explosive) { |n| -> { Recursion.stairs(n) } }
  program(:exponential, "members of all subsets", "Work.step", :explosive) do |n|
    -> { (1 << n).times { |set| set.digits(2).count(1).times { Work.step(set) } } }
  end
end
