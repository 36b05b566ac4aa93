# frozen_string_literal: true

# Instructions an event costs above the floor, counted by valgrind: the figure that does not depend on
# how busy the machine is. Startup cancels out, as each contender runs a few and then many repetitions.
#
#     ruby bench/instructions.rb [--only fib] [--no-compare] [--smoke]

require "tempfile"
require_relative "support/children"
require_relative "support/options"
require_relative "support/report"
require_relative "support/table"
require_relative "workloads"

module Bench
  # Counts instructions by running the children of overhead.rb under callgrind.
  class Instructions < Report
    FEW = 2
    MANY = 12

    def initialize(options)
      super
      @log = Tempfile.new("callgrind")
      valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--log-file=#{@log.path}"]
      @under_valgrind = Children.new(ruby: options.ruby, wrapper: valgrind)
      @children = Children.new(ruby: options.ruby)
    end

    def run
      names = @children.available(@options.compare ? %w[bare floor ours theirs] : %w[bare floor ours])
      table = Table.new("workload", "events", *names.map { |name| Contenders::TITLES[name] }, "ours above floor")
      figures = workloads.to_h { |workload| [workload.name, measure(workload, names, table)] }
      puts table, "", "Instructions an event, the program's own included; above floor: what is only ours."
      @options.save(facts.merge(instructions: figures))
    end

    private

    def workloads
      WORKLOADS.select { |workload| @options.only.empty? || @options.only.include?(workload.name) }
    end

    def measure(workload, names, table)
      events = child(@children, workload, "floor", 1).fetch("events")
      counts = names.to_h do |name|
        [name, (count(workload, name, MANY) - count(workload, name, FEW)).fdiv((MANY - FEW) * events)]
      end
      above = counts["ours"] - counts["floor"] if counts["ours"]
      table << [workload.title, events, *counts.values.map { |value| format("%.0f", value) },
                above && format("%+.0f", above)]
      counts.merge(events: events)
    end

    def count(workload, contender, reps)
      child(@under_valgrind, workload, contender, reps)
      File.read(@log.path)[/Collected : (\d+)/, 1].to_i
    end

    def child(children, workload, contender, reps)
      children.run("overhead", contender, workload: workload.name, size: "small", reps: reps, c_calls: true,
                                          gc: false)
    end
  end
end

options = Bench::Options.parse do |parser, parsed|
  parsed.only = ["fib"]
  parser.on("--only NAMES", Array, "workloads (fib)") { |only| parsed.only = only }
  parser.on("--all", "all six workloads") { parsed.only = [] }
  parser.on("--no-compare", "leave Debian's ruby-prof out") { parsed.compare = false }
end
abort "valgrind is not installed" unless system("valgrind", "--version", out: File::NULL, err: File::NULL)

bench = Bench::Instructions.new(options)
bench.heading("Instructions per event")
bench.run
