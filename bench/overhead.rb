# frozen_string_literal: true

# What tracing costs: ours beside the bare run, the floor and Debian's ruby-prof, on six workloads.
#
#     ruby bench/overhead.rb [--only fib,erb] [--c-calls=false] [--operators=false] [--rounds 7] [--smoke]
#
# Every figure comes from a process of its own (a process that once traced C calls stays slower for
# good), and the contenders take turns, so that a slow minute of the machine meets all of them.

require_relative "support/children"
require_relative "support/options"
require_relative "support/report"
require_relative "support/stats"
require_relative "support/table"
require_relative "workloads"

module Bench
  # Runs the contenders round by round and keeps their samples.
  class Overhead
    def initialize(options)
      @options = options
      @children = Children.new(ruby: options.ruby)
      @samples = Hash.new { |hash, key| hash[key] = [] }
      @events = {}
      @calls = {}
    end

    attr_reader :samples

    def contenders
      @contenders ||= @children.available(Contenders::ALL.keys)
    end

    def workloads
      WORKLOADS.select { |workload| @options.only.empty? || @options.only.include?(workload.name) }
    end

    def run
      order = contenders
      @options.rounds.times do |round|
        workloads.each { |workload| order.each { |contender| sample(workload, contender) } }
        $stderr.print "\rround #{round + 1} of #{@options.rounds} " if $stderr.tty?
      end
      $stderr.print "\r" if $stderr.tty?
    end

    # The events of one repetition, as the floor counted them.
    def events(workload) = @events.fetch(workload.name)

    # Nanoseconds an event costs over the bare run, one figure a round.
    def per_event(workload, contender)
      bare = @samples[[workload.name, "bare"]]
      traced = @samples[[workload.name, contender]]
      traced.zip(bare).map { |with, without| (with - without) * 1e9 / events(workload) }
    end

    # The workloads of which ours counted other calls than the floor saw (two events each).
    def miscounted
      @calls.reject { |name, calls| (calls - (@events[name] / 2)).abs <= 20 + (calls / 10_000) }.keys
    end

    def bare_seconds(workload) = Stats.median(@samples[[workload.name, "bare"]])

    private

    def sample(workload, contender)
      result = @children.run("overhead", contender, workload: workload.name, reps: @options.reps,
                                                    size: @options.smoke ? "small" : "size",
                                                    c_calls: @options.c_calls, operators: @options.operators, clock: @options.clock)
      @samples[[workload.name, contender]] << Stats.median(result["times"])
      @events[workload.name] = result["events"] if contender == "floor"
      @calls[workload.name] = result["calls"] if contender == "ours"
    end
  end

  # The table, the geometric means and the judgement.
  class OverheadReport < Report
    OURS_EACH = (0..1.6)
    OURS_MEAN = (0..1.4)
    THEIRS = (4.5..)
    # With operators left alone ours has fewer events than the others: what a program pays in all is compared.
    THEIRS_WITHOUT_OPERATORS = (8..)

    def initialize(options, overhead)
      super(options)
      @overhead = overhead
      @ratios = { ours: [], theirs: [], spread: [] }
    end

    def print
      table = Table.new("workload", "events", "bare ms", *traced.map { |name| "#{Contenders::TITLES[name]} ns" },
                        "ours/floor", "range", "<= 1.6", "ruby-prof/ours", ">= #{target.first}", "ruby-prof/floor")
      @overhead.workloads.each { |workload| table << row(workload) }
      table.rule << means
      puts table, "", counts, explanation
    end

    private

    def traced = @overhead.contenders - ["bare"]

    def row(workload)
      figures = traced.to_h { |name| [name, @overhead.per_event(workload, name)] }
      medians = figures.transform_values { |values| Stats.median(values) }
      ours = keep(:ours, medians["ours"], medians["floor"])
      theirs = keep(:theirs, medians["theirs"], medians["ours"])
      spread = keep(:spread, medians["theirs"], medians["floor"])
      [workload.title, millions(workload), format("%.1f", @overhead.bare_seconds(workload) * 1e3),
       *medians.values.map { |value| format("%.1f", value) },
       ratio(ours), range(figures), beside_floor(verdict(ours, OURS_EACH)), ratio(theirs), judged(theirs), ratio(spread)]
    end

    def means
      ours, theirs, spread = @ratios.values.map { |list| Stats.geometric_mean(list) unless list.empty? }
      ["geometric mean", "", "", *traced.map { "" }, ratio(ours), "<= 1.4", beside_floor(verdict(ours, OURS_MEAN)),
       ratio(theirs), judged(theirs), ratio(spread)]
    end

    # Ruby-prof cannot leave C calls out, so without them the two do not do the same work.
    def judged(theirs) = @options.c_calls ? verdict(theirs, target) : ""

    def target = @options.operators ? THEIRS : THEIRS_WITHOUT_OPERATORS

    # Beside the floor, which has all events.
    def beside_floor(verdict) = @options.operators ? verdict : ""

    def keep(kind, above, below)
      return unless above && below

      (above / below).tap { |value| @ratios[kind] << value if value.positive? }
    end

    def ratio(value) = value && format("%.2f", value)
    def millions(workload) = format("%.2f M", @overhead.events(workload) / 1e6)

    # The middle half of the rounds, to show how far the ratio can be trusted.
    def range(figures)
      return unless figures["ours"]

      each = figures["ours"].zip(figures["floor"]).map { |ours, floor| ours / floor }
      format("%.2f-%.2f", *Stats.quartiles(each))
    end

    def counts
      return [] unless traced.include?("ours") && @options.operators
      return ["Ours counted as many calls as the floor saw (to 20 calls and 0.01 %)."] if @overhead.miscounted.empty?

      ["MISCOUNTED: ours saw other calls than the floor in #{@overhead.miscounted.join(", ")}"]
    end

    def explanation
      ["ns: #{@options.clock} time an event takes over the bare run, median of the rounds. An event is one call or",
       "one return. range: the middle half of ours/floor, round by round. Goal after the targets: 1.25.",
       "ruby-prof/floor is as far ahead of ruby-prof as a tracer with these events and this clock can get.",
       *("Ours leaves operators alone, the others trace them: ns are by the floor's events for all." unless @options.operators),
       *("Without C calls: ruby-prof has no such switch and still traces them." unless @options.c_calls)]
    end
  end
end

names = Bench::WORKLOADS.map(&:name)
options = Bench::Options.parse do |parser, parsed|
  parsed.reps = 2
  parser.on("--only NAMES", Array, names.join(",")) { |only| parsed.only = only }
  parser.on("--c-calls=BOOLEAN", TrueClass, "false: trace Ruby methods only") { |value| parsed.c_calls = value }
  parser.on("--operators=BOOLEAN", TrueClass, "false: ours leaves operators alone") { |value| parsed.operators = value }
  parser.on("--reps N", Integer, "repetitions in one process (2)") { |number| parsed.reps = number }
  parser.on("--clock NAME", %w[cpu wall], "cpu (default) or wall") { |name| parsed.clock = name }
end
unknown = options.only - names
abort "overhead.rb: no workload #{unknown.join(", ")}, there are #{names.join(", ")}" unless unknown.empty?

overhead = Bench::Overhead.new(options)
report = Bench::OverheadReport.new(options, overhead)
started = report.now
report.heading("Overhead of tracing")
overhead.run
report.print
report.footnote(started)
samples = overhead.samples.map { |(workload, contender), times| { workload:, contender:, seconds: times } }
options.save(report.facts.merge(samples: samples))
