# frozen_string_literal: true

# One contender runs the nine tasks a few times, after a warm-up, each time in a profile of its own. Prints for
# each task and time what was reported (bare: by the clock), how long it took, and how long it had a processor.

require "json"
require_relative "../support/contenders"
require_relative "../tasks"

def clocks
  [Process::CLOCK_MONOTONIC, Process::CLOCK_THREAD_CPUTIME_ID].map { |id| Process.clock_gettime(id) }
end

options = JSON.parse(ARGV.fetch(1), symbolize_names: true)
contender = Bench::Contenders::ALL.fetch(ARGV.fetch(0)).new(**options.fetch(:settings))
tasks = Bench::Tasks.new(options.fetch(:scale))
names = Bench::Tasks::NAMES
proof = names.to_h { |name| [name, tasks.public_send(name)] }

passes = Array.new(options.fetch(:passes)) do
  seconds = {}
  contender.start
  names.each do |name|
    # No task pays for what an earlier one threw away.
    GC.start
    wall, cpu = clocks
    result = tasks.public_send(name)
    seconds[name] = clocks.zip([wall, cpu]).map { |to, from| to - from }
    raise "#{name} gave another result" unless result == proof[name]
  end
  contender.stop
  methods = contender.profile&.threads&.flat_map(&:methods)&.to_h { |method| [method.full_name, method.total_time] }
  names.to_h do |name|
    wall, cpu = seconds[name]
    [name, { reported: methods ? methods.fetch("Bench::Tasks##{name}") : wall, wall:, cpu: }]
  end
end
puts JSON.generate(passes)
