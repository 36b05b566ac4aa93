# frozen_string_literal: true

# What it costs to record how long each call takes (latency: true) beside not to, on six workloads: nanoseconds and
# instructions an event.
#
#     ruby bench/latency.rb [--only fib,erb] [--rounds 7] [--no-instructions] [--smoke]
#
# Processes of their own take turns, as in overhead.rb; instructions are counted by valgrind, as in instructions.rb.

require "tempfile"
require_relative "support/children"
require_relative "support/options"
require_relative "support/report"
require_relative "support/stats"
require_relative "support/table"
require_relative "workloads"

module Bench
  # Profiles with latencies and without, in turn.
  class Latency < Report
    TARGET = (..3.0)
    FEW = 2
    MANY = 12

    def initialize(options)
      super
      @children = Children.new(ruby: options.ruby)
      @log = Tempfile.new("callgrind")
      valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--log-file=#{@log.path}"]
      @under_valgrind = Children.new(ruby: options.ruby, wrapper: valgrind)
    end

    def run
      table = Table.new("workload", "events", "without ns", "with ns", "latency ns", "range", "<= 3", "instructions")
      figures = workloads.to_h { |workload| [workload.name, row(workload, table)] }
      mean = figures.values.sum { |figure| figure[:latency] } / figures.size
      table.rule << ["mean", "", "", "", format("%+.2f", mean), "", verdict(mean, TARGET), ""]
      puts table, "", "ns: processor time an event (a call, or a return) takes over the bare run, medians; latency: with less without, round by round,",
           "the median; range: its middle half. instructions: those of latency an event."
      @options.save(facts.merge(latency: figures))
    end

    private

    def workloads
      WORKLOADS.select { |workload| @options.only.empty? || @options.only.include?(workload.name) }
    end

    def row(workload, table)
      events = child(@children, workload, "floor", reps: 1).fetch("events")
      rounds = Array.new(@options.rounds) { |number| round(workload, events, number) }
      without, with = rounds.transpose.map { |values| Stats.median(values) }
      each = rounds.map { |pair| pair.last - pair.first }
      instructions = instructions(workload, events) if @options.compare
      table << [workload.title, events, *[without, with].map { |value| format("%.1f", value) }, format("%+.2f", Stats.median(each)),
                format("%+.1f to %+.1f", *Stats.quartiles(each)), verdict(Stats.median(each), TARGET),
                instructions && format("%+.1f", instructions)]
      { events: events, rounds: rounds, latency: Stats.median(each), instructions: instructions }
    end

    # Nanoseconds an event without and with latencies; whoever is first in one round is last in the next.
    def round(workload, events, number)
      bare = seconds(workload, "bare")
      order = number.even? ? [false, true] : [true, false]
      order.to_h { |latency| [latency, (seconds(workload, "ours", latency: latency) - bare) * 1e9 / events] }.values_at(false, true)
    end

    def seconds(workload, contender, **settings)
      Stats.median(child(@children, workload, contender, reps: @options.reps, **settings).fetch("times"))
    end

    def instructions(workload, events)
      counts = [false, true].map do |latency|
        few, many = [FEW, MANY].map do |reps|
          child(@under_valgrind, workload, "ours", size: "small", reps: reps, gc: false, latency: latency)
          File.read(@log.path)[/Collected : (\d+)/, 1].to_i
        end
        many - few
      end
      small = child(@children, workload, "floor", reps: 1, size: "small").fetch("events")
      (counts.last - counts.first).fdiv((MANY - FEW) * (events.zero? ? 1 : small))
    end

    def child(children, workload, contender, **settings)
      children.run("overhead", contender, workload: workload.name, size: @options.smoke ? "small" : "size", c_calls: true,
                                          operators: true, clock: "cpu", **settings)
    end
  end
end

options = Bench::Options.parse do |parser, parsed|
  parsed.reps = 3
  parser.on("--only NAMES", Array, "workloads (all)") { |only| parsed.only = only }
  parser.on("--reps N", Integer, "repetitions in one process (3)") { |number| parsed.reps = number }
  parser.on("--no-instructions", "do not count instructions") { parsed.compare = false }
end
valgrind = system("valgrind", "--version", out: File::NULL, err: File::NULL)
options.compare &&= valgrind && !options.smoke

bench = Bench::Latency.new(options)
bench.heading("Cost of latencies")
bench.run
