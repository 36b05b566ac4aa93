# frozen_string_literal: true

# Does a call cost the same whether its caller has one child or rotates over eight?
#
#     ruby bench/child_lookup.rb [--rounds 7] [--smoke]

require_relative "support/children"
require_relative "support/options"
require_relative "support/report"
require_relative "support/stats"
require_relative "support/table"

module Bench
  # Nanoseconds a call takes in each loop, contender by contender.
  class ChildLookup < Report
    KINDS = { "ruby" => "Ruby methods", "c" => "C methods" }.freeze
    FLAT = (0.9..1.1)

    def initialize(options)
      super
      @children = Children.new(ruby: options.ruby)
      @turns = options.smoke ? 2_000 : 50_000
      @samples = Hash.new { |hash, key| hash[key] = [] }
    end

    def run
      contenders = @children.available(Contenders::ALL.keys)
      @options.rounds.times { contenders.each { |contender| sample(contender) } }
      puts table(contenders - ["bare"]), ""
      puts "ns a call (its two events) over the bare run; above floor: less the floor's own cost of that loop."
      puts "The target is judged on ours; one child and eight must agree within 10 %."
      save_figures
    end

    private

    def sample(contender)
      result = @children.run("child_lookup", contender, turns: @turns, reps: @options.reps)
      result.each { |name, times| @samples[[name, contender]] << (Stats.median(times) * 1e9 / (@turns * 8)) }
    end

    def table(contenders)
      table = Table.new("children", "tracer", "one ns", "eight ns", "eight/one", "within 10 %",
                        "above floor: one", "eight")
      KINDS.each do |kind, title|
        contenders.each { |contender| table << row(kind, title, contender) }
      end
      table
    end

    def row(kind, title, contender)
      one, eight = over(kind, contender, "bare")
      above = contender == "floor" ? [nil, nil] : over(kind, contender, "floor")
      [title, Contenders::TITLES[contender], *[one, eight].map { |value| nanoseconds(value) },
       format("%.2f", eight / one), contender == "ours" ? verdict(eight / one, FLAT) : "",
       *above.map { |value| nanoseconds(value) }]
    end

    def nanoseconds(value) = value && format("%.1f", value)

    # What a call costs more than under another contender, for one child and for eight.
    def over(kind, contender, base)
      %w[one eight].map do |count|
        pairs = @samples[["#{kind} #{count}", contender]].zip(@samples[["#{kind} #{count}", base]])
        Stats.median(pairs.map { |with, without| with - without })
      end
    end

    def save_figures
      samples = @samples.map { |(name, contender), calls| { loop: name, contender:, ns_a_call: calls } }
      @options.save(facts.merge(samples: samples))
    end
  end
end

options = Bench::Options.parse do |parser, parsed|
  parsed.reps = 3
  parser.on("--reps N", Integer, "repetitions in one process (3)") { |number| parsed.reps = number }
end
bench = Bench::ChildLookup.new(options)
started = bench.now
bench.heading("Child lookup: one child against eight")
bench.run
bench.footnote(started)
