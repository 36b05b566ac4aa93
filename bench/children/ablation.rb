# frozen_string_literal: true

# Bare: runs every random program and its faster version in turns, and prints the processor seconds of each run
# (the programs do not wait). Others: profile each program once and print what they say its picked helper took.

require "json"
require_relative "../support/contenders"
require_relative "../support/random_program"

# A profile in which the program had a processor for less of its time than this is made again, if tries are left.
QUIET = 0.99
TRIES = 8

def clock(id = Process::CLOCK_THREAD_CPUTIME_ID)
  Process.clock_gettime(id)
end

def build(source, name)
  eval(source, TOPLEVEL_BINDING, "#{name}.rb", 1) # rubocop:disable Security/Eval
  Object.const_get(name).new.tap(&:run)
end

def seconds(program)
  from = clock
  program.run
  clock - from
end

# Reads of times and of their error bar, where the build has one.
def said(method)
  { total: method.total_time, bar: (method.total_uncertainty if method.respond_to?(:total_uncertainty)) }
end

def profiled(random, program, mode)
  best = nil
  GC.start
  program.run # The first run after that finds cold caches.
  TRIES.times do
    mode.start
    wall = clock(Process::CLOCK_MONOTONIC)
    cpu = clock
    program.run
    quiet = (clock - cpu) / (clock(Process::CLOCK_MONOTONIC) - wall)
    mode.stop
    next if best && best[:quiet] >= quiet

    method = mode.profile.threads.flat_map(&:methods).find { |each| each.full_name == random.picked_name }
    best = { quiet: }.merge(said(method))
    break if quiet >= QUIET
  end
  best
end

options = JSON.parse(ARGV.fetch(1), symbolize_names: true)
mode = Bench::Contenders::ALL.fetch(ARGV.fetch(0)).new(**options.fetch(:settings))

results = options.fetch(:programs).times.map do |seed|
  random = Bench::RandomProgram.new(seed)
  original = build(random.original, "Original#{seed}")
  next profiled(random, original, mode) unless ARGV.fetch(0) == "bare"

  changed = build(random.changed, "Changed#{seed}")
  GC.start
  # One, the other, the other, the one: so that neither always finds the other's caches or pays for its garbage.
  options.fetch(:pairs).times.map do
    [original, changed, changed, original].map { |program| seconds(program) }
                                          .then { |one, two, three, four| [(one + four) / 2, (two + three) / 2] }
  end
end
puts JSON.generate(results)
