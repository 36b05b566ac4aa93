# frozen_string_literal: true

# Several stacks, in turns: never two that could go on, so that every run calls the same.
module Programs
  class Worker
    def initialize(inbox, outbox)
      @inbox = inbox
      @outbox = outbox
    end

    def start
      Thread.new { work until finished? }
    end

    private

    def work
      number = @inbox.pop
      number.times { |n| n.to_s }
      @last = number
      @outbox.push(number.pred)
    end

    def finished?
      @last == 0
    end
  end

  define("threads that hand over", group: :threads) do
    inbox = Thread::Queue.new
    outbox = Thread::Queue.new
    thread = Worker.new(inbox, outbox).start
    3.downto(0) do |n|
      inbox.push(n)
      outbox.pop
    end
    thread.join
    thread.value
  end

  define("one thread after another", group: :threads) do
    3.times { |n| Thread.new(n) { |number| [number, number.succ].map(&:to_s) }.join }
    failing = Thread.new { Integer("x") }
    failing.report_on_exception = false
    begin
      failing.value
    rescue ArgumentError
      failing.status
    end
  end

  define("threads whose first call is an iterator's", group: :threads) do
    Thread.new { [1, 2].each { |n| n.to_s } }.join
    Thread.new { 2.times { |n| n.to_s } }.join
    Thread.new { tap { 1.succ } }.join
  end

  define("Mutex and ConditionVariable", group: :threads) do
    mutex = Thread::Mutex.new
    total = 0
    Thread.new { mutex.synchronize { total += 1 } }.join
    mutex.synchronize { total += 1 }
    local = Thread.new { Thread.current[:name] = "local"; Thread.current[:name].to_s }
    local.join
    local[:name]
  end

  define("a fiber in a thread", group: :threads) do
    Thread.new do
      fiber = Fiber.new { |n| Fiber.yield(n.succ).pred }
      [fiber.resume(1), fiber.resume(5)]
    end.value
  end
end
