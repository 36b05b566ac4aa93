# frozen_string_literal: true

# Is code as fast as before once nobody traces it any more? An arithmetic loop before, during and after, in one process; and
# how long stop takes, which is when operators are relieved, among few and many pieces of code.
#
#     ruby bench/operators.rb [--rounds 5] [--ruby PATH] [--smoke]

require_relative "support/children"
require_relative "support/options"
require_relative "support/report"
require_relative "support/stats"
require_relative "support/table"

module Bench
  # One row a way of tracing.
  class Operators < Report
    Way = Struct.new(:name, :title, :contender, :settings, :during, :after)
    NATIVE = (0..1.25)
    WAYS = [
      Way.new("c_calls", "ours, c_calls: false", "ours", { c_calls: false }, NATIVE, NATIVE),
      Way.new("default", "ours, operators: false", "ours", { operators: false }, NATIVE, NATIVE),
      Way.new("operators", "ours, operators: true", "ours", { operators: true }, nil, NATIVE),
      Way.new("beside", "ours, a c_call tracer beside", "ours", { operators: false, beside: true }, nil, NATIVE),
      Way.new("floor", "floor", "floor", {}, nil, nil),
      Way.new("theirs", "ruby-prof", "theirs", {}, nil, nil)
    ].freeze
    # So many methods more in the process.
    METHODS = [0, 50_000].freeze

    def initialize(options)
      super
      @children = Children.new(ruby: options.ruby)
      @samples = Hash.new { |hash, key| hash[key] = [] }
    end

    attr_reader :samples

    def run
      found = @children.available(WAYS.map(&:contender).uniq)
      @ways = WAYS.select { |way| found.include?(way.contender) }
      @options.rounds.times { @ways.each { |way| METHODS.each { |methods| sample(way, methods) } } }
    end

    def print
      table = Table.new("way", "during/before", "<= 1.25", "after/before", "<= 1.25", "stop ms", "with #{METHODS.last} methods")
      @ways.each { |way| table << row(way) }
      puts table, "", "Medians. Processor time of a loop of 5 operators a turn. Each way traces three times: during and stop (wall",
           "time) are the last one's, and after comes after that."
    end

    private

    def sample(way, methods)
      turns = @options.smoke ? 10_000 : 1_000_000
      methods /= 100 if @options.smoke
      @samples[[way.name, methods.positive?]] << @children.run("operators", way.contender, settings: way.settings, turns: turns, methods: methods)
    end

    def row(way)
      during, after = %w[during after].map { |name| Stats.median(few(way).map { |sample| sample[name] / sample["before"] }) }
      stops = [few(way), @samples[[way.name, true]]].map { |samples| Stats.median(samples.map { |sample| sample["stop"] }) * 1e3 }
      [way.title, format("%.2f", during), way.during && verdict(during, way.during), format("%.2f", after), way.after && verdict(after, way.after),
       *stops.map { |stop| format("%.1f", stop) }]
    end

    def few(way) = @samples[[way.name, false]]
  end
end

options = Bench::Options.parse { |_, parsed| parsed.rounds = 5 }
bench = Bench::Operators.new(options)
started = bench.now
bench.heading("Operators, when nobody traces them any more")
bench.run
bench.print
bench.footnote(started)
options.save(bench.facts.merge(samples: bench.samples.map { |(way, large), samples| { way:, large:, samples: } }))
