# frozen_string_literal: true

require "digest"

module Bench
  # Something that takes a known time in a known way. +body+ does it, +method+ is the method whose row is to say so
  # (nil: the thread's), +column+ what the time belongs to, and +truth+ names the clock of Bench::Truth that
  # knows how long it took.
  Wait = Struct.new(:name, :title, :method, :column, :truth, :prepare, :body, keyword_init: true) do
    # Whether a VM that does not tell when threads stop leaves it open.
    def needs_events = name == "join_busy"
  end

  # What the time that a body takes is compared with, in seconds.
  module Truth
    SCHEDULER = "/proc/thread-self/schedstat"
    # In the order they are read before; after, the other way round: reading a file lets other threads run.
    CLOCKS = {
      # Ready to run while neighbours on the machine had the processor. Linux tells; elsewhere it is as if none had.
      "queued" => -> { File.exist?(SCHEDULER) ? File.read(SCHEDULER).split[1].to_i / 1e9 : 0.0 },
      # Ruby's own records: to the millisecond, and to the nanosecond.
      "gc_stat" => -> { GC.stat(:time) / 1e3 },
      "gc" => -> { GC.total_time / 1e9 },
      # Of the whole process, as getrusage(2) has it.
      "rusage" => -> { Process.times.then { |times| times.utime + times.stime } },
      "cpu" => -> { Process.clock_gettime(Process::CLOCK_THREAD_CPUTIME_ID) },
      "wall" => -> { Process.clock_gettime(Process::CLOCK_MONOTONIC) }
    }.freeze

    module_function

    def before = CLOCKS.transform_values(&:call)

    # What has passed since. Adds how long the thread was at work as a clock on the wall sees it, and how long
    # not, which is when Ruby or the system made it wait.
    def since(before)
      passed = CLOCKS.to_a.reverse.to_h { |name, clock| [name, clock.call - before[name]] }
      busy = passed["cpu"] + passed["queued"]
      passed.merge("busy" => busy, "idle" => passed["wall"] - busy)
    end
  end

  # Seconds each wait is to take.
  LONG = 0.1
  SMOKE_LONG = 0.01

  # Ruby code that is nothing but work, and code that is nothing but garbage.
  module Work
    module_function

    def busy(seconds)
      limit = Process.clock_gettime(Process::CLOCK_THREAD_CPUTIME_ID) + seconds
      count = 0
      count += 1 while Process.clock_gettime(Process::CLOCK_THREAD_CPUTIME_ID) < limit
      count
    end

    def litter(seconds)
      kept = Array.new(200_000) { |number| [number] }
      limit = Process.clock_gettime(Process::CLOCK_MONOTONIC) + seconds
      Array.new(100) { "litter" * 10 } while Process.clock_gettime(Process::CLOCK_MONOTONIC) < limit
      kept.size
    end

    def collect
      GC.start
    end
  end

  # One line each: name, title, method, column, truth, what is made ready, what is done.
  WAITS = [
    ["sleep", "sleep", "Kernel#sleep", "blocked_time", "wall",
     nil, ->(seconds, _) { sleep(seconds) }],
    ["select", "IO.select, nothing comes", "<Class::IO>#select", "blocked_time", "wall",
     ->(_) { IO.pipe }, ->(seconds, pipe) { IO.select([pipe.first], nil, nil, seconds) }],
    ["read", "IO#read, from a sleeping child", "IO#read", "blocked_time", "wall",
     ->(seconds) { IO.popen(["sleep", seconds.to_s]) }, ->(_, io) { io.read }],
    ["mutex", "Mutex#lock, held by a sleeper", "Thread::Mutex#lock", "blocked_time", "wall",
     lambda do |seconds|
       Mutex.new.tap do |mutex|
         Thread.new { mutex.synchronize { sleep(seconds) } }
         Thread.pass until mutex.locked?
       end
     end, ->(_, mutex) { mutex.lock }],
    ["queue", "Queue#pop, from a sleeper", "Thread::Queue#pop", "blocked_time", "wall",
     ->(seconds) { Queue.new.tap { |queue| Thread.new { sleep(seconds) && queue.push(1) } } }, ->(_, queue) { queue.pop }],
    ["join", "Thread#join, of a sleeper", "Thread#join", "blocked_time", "wall",
     ->(seconds) { Thread.new { sleep(seconds) } }, ->(_, thread) { thread.join }],
    ["join_busy", "Thread#join, of a busy thread", "Thread#join", "blocked_time", "wall",
     gated = ->(seconds) { Queue.new.then { |gate| [gate, Thread.new { gate.pop && Work.busy(seconds) }] } },
     ->(_, (gate, thread)) { gate.push(1) && thread.join }],
    ["gvl", "busy beside a busy thread", nil, "gvl_wait_time", "idle",
     gated, ->(seconds, (gate, _)) { gate.push(1) && Work.busy(seconds * 2) }],
    ["gc_start", "GC.start", "<Module::GC>#start", "gc_time", "gc",
     ->(seconds) { Array.new(seconds * 10_000_000) { |number| [number] } }, ->(_, _kept) { 5.times { Work.collect } }],
    ["gc_litter", "GC while objects are made", nil, "gc_time", "gc",
     nil, ->(seconds, _) { Work.litter(seconds * 3) }],
    ["sha256", "SHA256 of a big string", "Digest::Base#update", "self_time", "busy",
     big = ->(seconds) { ["x" * (seconds * 300_000_000), Digest::SHA256.new] }, ->(_, (text, digest)) { digest.update(text) }],
    ["sha256_work", "the same", "Digest::Base#update", "running_time", "busy",
     big, ->(_, (text, digest)) { digest.update(text) }],
    ["sha256_cpu", "the same, by the processor's clock", nil, "cpu_time", "cpu",
     big, ->(_, (text, digest)) { digest.update(text) }]
  ].map { |values| Wait.new(**Wait.members.zip(values).to_h) }.each { |wait| wait.prepare ||= ->(_) {} }.freeze
end
