# frozen_string_literal: true

# One contender, an arithmetic loop before, while and after it traces: prints the seconds each took, and stop.

require "json"
require_relative "../support/contenders"

options = JSON.parse(ARGV.fetch(1), symbolize_names: true)
settings = options.fetch(:settings)
beside = TracePoint.new(:c_call) { nil } if settings.delete(:beside)
kind = Bench::Contenders::ALL.fetch(ARGV.fetch(0))

def work(turns)
  turn = 0
  sum = 0
  while turn < turns
    sum += (turn * 3) & 7
    turn += 1
  end
  sum
end

def seconds(clock = Process::CLOCK_PROCESS_CPUTIME_ID)
  from = Process.clock_gettime(clock)
  yield
  Process.clock_gettime(clock) - from
end

# Pieces of code that have operators too.
options.fetch(:methods).times do |number|
  eval("def code#{number}(list, n) = list[n] + (n * 2) - list.size", binding, __FILE__, __LINE__) # rubocop:disable Style/DocumentDynamicEvalDefinition
end
turns = options.fetch(:turns)
work(turns)
before = Array.new(5) { seconds { work(turns) } }.min
during = nil
stops = Array.new(3) do
  contender = kind.new(**settings)
  contender.start
  beside&.enable
  during = seconds { work(turns) }
  beside&.disable
  seconds(Process::CLOCK_MONOTONIC) { contender.stop }
end
after = Array.new(5) { seconds { work(turns) } }.min
puts JSON.generate(before: before, during: during, after: after, stop: stops.last)
