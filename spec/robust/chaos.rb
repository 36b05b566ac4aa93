# frozen_string_literal: true

# A program made up at random, which calls, jumps, switches, ends threads and pauses; counts its own
# calls with a TracePoint and prints what the profile says otherwise. Argument: the seed.
require "ruby-prof"
require_relative "child"

RANDOM = Random.new(Integer(ARGV.fetch(0)))

module Chance
  def self.of(share) = RANDOM.rand < share
end

# Written outside any method: a method's block in another thread or fiber counts as a call of it.
FIBER = ->(chaos, depth) { proc { chaos.step(depth); Fiber.yield if Chance.of(0.3); chaos.step(depth - 1) } }
ENDLESS = ->(chaos, depth) { proc { loop { chaos.step(depth - 1); Fiber.yield } } }
GENERATOR = ->(chaos, depth) { proc { |to| chaos.step(depth - 1); to << 1; chaos.step(depth - 1); to << 2 } }
THREAD = lambda do |chaos, depth|
  proc do
    Thread.current.report_on_exception = false
    chaos.step(depth)
    raise "end" if Chance.of(0.2)
    Thread.exit if Chance.of(0.2)
    chaos.step(depth - 1)
  end
end

class Chaos
  def in_call(depth) = step(depth)
  def in_block(depth) = [1].each { step(depth) }
  def in_catch(depth) = catch(:out) { step(depth); throw :out if Chance.of(0.5) }
  def in_return(depth) = [3, 1].each { return step(depth) if Chance.of(0.4) }
  def in_fiber(depth) = Fiber.new(&FIBER[self, depth]).resume
  def in_bound(depth) = method(:in_call).unbind.bind_call(self, depth)

  def in_rescue(depth)
    step(depth)
    raise "again" if Chance.of(0.5)
  rescue RuntimeError
    step(depth - 1)
  end

  def in_thread(depth)
    Thread.new(&THREAD[self, depth]).join
  rescue RuntimeError
    nil
  end

  def in_kept_fiber(depth)
    (@@fibers ||= []) << Fiber.new(&ENDLESS[self, depth])
    @@fibers.sample(random: RANDOM).resume
  rescue FiberError, RuntimeError
    nil
  end

  def in_generator(depth)
    generator = Enumerator.new(&GENERATOR[self, depth])
    generator.next
    generator.next if Chance.of(0.5)
  end

  def in_pause(depth)
    pause if Chance.of(0.4)
    step(depth)
    resume if Chance.of(0.6)
  end

  def in_singleton(depth)
    chaos = self
    object = Object.new
    object.define_singleton_method(:in_single) { |levels| chaos.step(levels) }
    object.in_single(depth)
  end

  def in_subclass(depth)
    klass = Class.new(Chaos) do
      def in_call(depth) = super
      alias_method :in_alias, :in_call
    end
    Chance.of(0.5) ? klass.new.in_call(depth) : klass.new.in_alias(depth)
  end

  def in_garbage(depth)
    GC.start if Chance.of(0.1)
    GC.compact if Chance.of(0.03) && GC.respond_to?(:compact)
    step(depth)
  end

  define_method(:in_defined) do |depth|
    step(depth)
    return 5 if Chance.of(0.5)

    step(depth - 1)
  end

  WAYS = instance_methods(false).sort

  def step(depth)
    return if depth <= 0

    (1 + RANDOM.rand(2)).times { send(WAYS.sample(random: RANDOM), depth - 1) }
  end

  def pause
    $counting = false
    PROFILE.pause
  end

  def resume
    PROFILE.resume
    $counting = true
  end
end

expected = Hash.new(0)
trace = TracePoint.new(:call) { |point| expected[point.callee_id] += 1 if $counting && point.callee_id.start_with?("in_") }
OPTIONS = { track_allocations: Chance.of(0.5), measure_mode: RANDOM.rand(3), c_calls: Chance.of(0.7) }.freeze
PROFILE = RubyProf::Profile.new(**OPTIONS)
PROFILE.start
trace.enable
$counting = true
15.times do
  Chaos.new.step(7)
rescue FiberError
  nil
end
$counting = false
trace.disable
PROFILE.stop
found = Hash.new(0)
PROFILE.threads.flat_map(&:methods).each { |m| found[m.method_name] += m.called if m.method_name&.start_with?("in_") }
wrong = (expected.keys | found.keys).reject { |name| expected[name] == found[name] }
wrong.each { |name| puts "#{name}: expected #{expected[name]}, found #{found[name]}" }
puts Child.faults(PROFILE)
puts "#{OPTIONS}: #{expected.values.sum > 100 ? "checked" : "too little"}"
