# frozen_string_literal: true

# Several stacks, one at a time.
module Programs
  class Producer
    def initialize(count)
      @count = count
    end

    def fiber
      Fiber.new do |first|
        work(first)
        @count.times { |n| Fiber.yield(work(n)) }
        :done
      end
    end

    def work(number)
      number.to_s
    end
  end

  define("Fiber#resume and Fiber.yield", group: :fibers) do
    fiber = Producer.new(3).fiber
    5.times { |n| fiber.resume(n) if fiber.alive? }
    nested = Fiber.new do
      inner = Fiber.new { |n| Fiber.yield(n.succ).to_s }
      [inner.resume(1), inner.resume(2)].join
    end
    nested.resume
  end

  define("a fiber that is given up, and one that raises", group: :fibers) do
    given_up = Producer.new(9).fiber
    2.times { |n| given_up.resume(n) }
    failing = Fiber.new { |n| Integer("x#{n}") }
    begin
      failing.resume(1)
    rescue ArgumentError
      failing.alive?
    end
  end

  define("fibers whose first call is an iterator's", group: :fibers) do
    Fiber.new { [1, 2].each { |n| n.to_s } }.resume
    Fiber.new { 2.times { |n| n.to_s } }.resume
    Fiber.new { { a: 1 }.map { |key, n| [key, n].join } }.resume
  end

  define("Enumerator with external next", group: :fibers) do
    letters = %w[a b c].each
    words = Enumerator.new do |yielder|
      yielder << "one"
      yielder.yield("two".upcase)
    end
    [letters.next, letters.peek, letters.next, words.next, words.next, letters.size].tap do
      words.next
    rescue StopIteration
      words.rewind
    end
  end

  define("lazy enumerators", group: :fibers) do
    (1..Float::INFINITY).lazy.map { |n| n * 2 }.select { |n| (n % 3).zero? }.reject(&:odd?).first(4)
    Enumerator.produce(1) { |n| n * 3 }.take_while { |n| n < 100 }
    (1..3).each_entry.with_index(1).with_object([]).each { |(n, index), list| list << n * index }
  end
end
