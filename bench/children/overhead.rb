# frozen_string_literal: true

# One contender, one workload, a few repetitions: prints the seconds each took.

require "json"
require_relative "../support/contenders"
require_relative "../workloads"

options = JSON.parse(ARGV.fetch(1))
workload = Bench::WORKLOADS.find { |candidate| candidate.name == options["workload"] }
size = workload.public_send(options["size"])
body = workload.body
# CPU time leaves out what the neighbours on a shared machine take away.
clock = options["clock"] == "wall" ? Process::CLOCK_MONOTONIC : Process::CLOCK_PROCESS_CPUTIME_ID
name = ARGV.fetch(0)
# Only ours has a choice.
settings = name == "ours" ? { operators: options.fetch("operators", true) } : {}
settings[:latency] = options["latency"] unless options["latency"].nil?
contender = Bench::Contenders::ALL.fetch(name).new(c_calls: options["c_calls"], **settings)

proof = body.call(size)
contender.start
times = Array.new(options["reps"]) do
  GC.start unless options["gc"] == false
  from = Process.clock_gettime(clock)
  raise "#{workload.name} gave another result" unless body.call(size) == proof

  Process.clock_gettime(clock) - from
end
stopped = contender.stop

events = stopped / options["reps"] if stopped.is_a?(Integer)
# Outside the time: a tracer that loses calls would be fast for the wrong reason.
calls = contender.profile&.threads&.sum { |thread| thread.methods.sum(&:called) }
puts JSON.generate(times: times, events: events, calls: calls && (calls / options["reps"]))
