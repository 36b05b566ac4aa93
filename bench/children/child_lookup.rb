# frozen_string_literal: true

# One contender: prints the seconds of loops that call one child and of loops that rotate over eight.
# The children do nothing, and the loops are blocks, so that nothing else is called below Integer#times.

require "json"
require_relative "../support/contenders"
require File.join(ENV.fetch("BENCH_FLOOR"), "floor")

class RubyLeaves
  def r1; end
  def r2; end
  def r3; end
  def r4; end
  def r5; end
  def r6; end
  def r7; end
  def r8; end
end

def loop_of(leaves, names)
  calls = names.map { |name| "leaves.#{name}" }.join("; ")
  eval("->(turns) { turns.times { #{calls} } }", binding, __FILE__, __LINE__) # rubocop:disable Security/Eval
end

ruby = RubyLeaves.new
native = Floor::Leaves.new
loops = {
  "ruby one" => loop_of(ruby, ["r1"] * 8),
  "ruby eight" => loop_of(ruby, (1..8).map { |number| "r#{number}" }),
  "c one" => loop_of(native, ["c1"] * 8),
  "c eight" => loop_of(native, (1..8).map { |number| "c#{number}" })
}

options = JSON.parse(ARGV.fetch(1))
turns = options["turns"]
contender = Bench::Contenders::ALL.fetch(ARGV.fetch(0)).new
loops.each_value { |body| body.call(100) }
times = loops.transform_values { [] }
GC.start
contender.start
options["reps"].times do
  loops.each do |name, body|
    from = Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID)
    body.call(turns)
    times[name] << (Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID) - from)
  end
end
contender.stop
puts JSON.generate(times)
