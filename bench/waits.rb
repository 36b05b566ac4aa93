# frozen_string_literal: true

# Where does time go that a program waits, and that the garbage collector takes? Each is made to happen for a
# known time, in a profile of its own: which column has it?
#
#     ruby bench/waits.rb [--only sleep,gvl] [--rounds 3] [--smoke]

require_relative "support/children"
require_relative "support/options"
require_relative "support/report"
require_relative "support/stats"
require_relative "support/table"
require_relative "support/waits"

module Bench
  # Profiles every wait, round by round.
  class Waiting
    def initialize(options)
      @options = options
      @children = Children.new(ruby: options.ruby)
      @samples = Hash.new { |hash, key| hash[key] = [] }
    end

    attr_reader :samples

    def waits = WAITS.select { |wait| @options.only.empty? || @options.only.include?(wait.name) }

    def run
      @options.rounds.times do
        waits.each do |wait|
          @samples[wait.name] << @children.run("waits", "ours", wait: wait.name, seconds: @options.smoke ? SMOKE_LONG : LONG)
        end
      end
    end

    def known(wait) = Stats.median(@samples[wait.name].map { |sample| sample["truth"][wait.truth] })

    # What part of the known time a column has; nil where this build has not got the column.
    def found(wait, column)
      samples = @samples[wait.name]
      return unless samples.all? { |sample| sample["columns"].key?(column) }

      Stats.median(samples.map { |sample| sample["columns"][column] / sample["truth"][wait.truth] })
    end

    # Whether this Ruby tells when threads stop and when they want to go on.
    def tells?(wait) = @samples[wait.name].all? { |sample| sample["tells"] }

    # How far two clocks are apart in a wait, as part of the first.
    def apart(name, one, other)
      return if @samples[name].empty?

      Stats.median(@samples[name].map { |sample| ((sample["truth"][one] - sample["truth"][other]) / sample["truth"][one]).abs })
    end
  end

  # One row a wait.
  class WaitsReport < Report
    CLOSE = (0.95..1.05)
    COLUMNS = %w[self_time wait_time gvl_wait_time blocked_time gc_time running_time cpu_time].freeze
    # Clocks that should agree, and a wait in which they both run.
    CLOCKS = [["GC.total_time and GC.stat(:time)", "gc_start", "gc", "gc_stat"],
              ["the thread's processor time and getrusage", "sha256", "cpu", "rusage"]].freeze

    def print(waiting)
      table = Table.new("wait", "clock", "known ms", *COLUMNS.map { |column| "#{column.delete_suffix("_time")} %" },
                        "belongs to", "95..105")
      waiting.waits.each { |wait| table << line(waiting, wait) }
      puts table, "", *clocks(waiting), explanation
    end

    private

    def line(waiting, wait)
      shares = COLUMNS.to_h { |column| [column, waiting.found(wait, column)] }
      [wait.title, wait.truth, format("%.1f", waiting.known(wait) * 1e3),
       *shares.values.map { |share| share ? format("%.1f", share * 100) : "n/a" }, wait.column.delete_suffix("_time"),
       verdict_of(waiting, wait, shares[wait.column])]
    end

    def verdict_of(waiting, wait, share)
      return "n/a" unless share
      return "not told" if wait.needs_events && !waiting.tells?(wait)

      verdict(share, CLOSE)
    end

    def clocks(waiting)
      CLOCKS.filter_map do |title, *where|
        apart = waiting.apart(*where)
        format("%s differ by %.1f %%.", title, apart * 100) if apart
      end
    end

    def explanation
      ["Each column: what part of the known time it has, in the row of the method that waits; for \"busy beside a busy",
       "thread\" and \"GC while objects are made\" in the whole thread. n/a: this build has no such column there.",
       "clock: wall; cpu: the thread's processor time; gc: GC.total_time; busy: cpu and what neighbours on the machine took;",
       "idle: wall less busy. not told: before Ruby 3.3 a thread that is blocked while others run counts as waiting for the GVL."]
    end
  end
end

names = Bench::WAITS.map(&:name)
options = Bench::Options.parse do |parser, parsed|
  parsed.rounds = 3
  parser.on("--only NAMES", Array, names.join(",")) { |only| parsed.only = only }
end
unknown = options.only - names
abort "waits.rb: no wait #{unknown.join(", ")}, there are #{names.join(", ")}" unless unknown.empty?

report = Bench::WaitsReport.new(options)
started = report.now
report.heading("Where waits and collections are found")
puts
waiting = Bench::Waiting.new(options)
waiting.run
report.print(waiting)
report.footnote(started)
options.save(report.facts.merge(samples: waiting.samples))
