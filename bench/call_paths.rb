# frozen_string_literal: true

# Half a million call paths: what a node weighs, and what stop and the reports take.
#
#     ruby bench/call_paths.rb [--no-compare] [--rounds 7] [--smoke]

require_relative "support/children"
require_relative "support/options"
require_relative "support/program"
require_relative "support/report"
require_relative "support/stats"
require_relative "support/table"

module Bench
  # The generated maze under ours and under Debian's ruby-prof.
  class CallPaths < Report
    # Label, figure in the child's result, scale, format, target for ours.
    ROWS = [
      ["nodes", "nodes", 1, "%d", (500_000..)],
      ["methods", "methods", 1, "%d", nil],
      ["run, bare s", "run_bare", 1, "%.3f", nil],
      ["run, traced s", "run", 1, "%.3f", nil],
      ["memory, B a node", "bytes_a_node", 1, "%.1f", (0..64)],
      ["peak, B a node", "peak_a_node", 1, "%.1f", nil],
      ["stop s", "stop", 1, "%.3f", (0..0.2)],
      ["first look s", "look", 1, "%.3f", nil],
      ["flat s", "flat", 1, "%.3f", nil],
      ["graph HTML s", "graph", 1, "%.3f", (0..0.5)],
      ["graph HTML MB", "graph_bytes", 1e-6, "%.2f", nil],
      ["minor GC, bare ms", "minor_gc_bare", 1e3, "%.3f", nil],
      ["minor GC, profile live ms", "minor_gc", 1e3, "%.3f", nil]
    ].freeze

    def initialize(options)
      super
      @children = Children.new(ruby: options.ruby)
      @samples = Hash.new { |hash, key| hash[key] = [] }
    end

    def run
      contenders = @children.available(@options.compare ? %w[ours theirs] : %w[ours])
      program = Program.write(smoke: @options.smoke)
      @options.rounds.times do |round|
        contenders.each { |name| @samples[name] << @children.run("call_paths", name, program:, count: round.zero?) }
      end
      medians = @samples.to_h { |name, results| [name, weigh(results)] }
      puts table(medians), ""
      puts "Medians of the rounds, wall time. First look: threads and their methods, asked for the first time.",
           "Memory: VmRSS after that less before start, both after GC.start; peak: VmHWM until then.",
           "Minor GC: median of 20 GC.start(full_mark: false) in each round."
      @options.save(facts.merge(samples: @samples))
    end

    private

    def weigh(results)
      figures = results.first.to_h { |key, _| [key, Stats.median(results.filter_map { |result| result[key] })] }
      figures.merge("bytes_a_node" => figures["memory"].fdiv(figures["nodes"]),
                    "peak_a_node" => figures["peak"].fdiv(figures["nodes"]))
    end

    def table(medians)
      table = Table.new("", *medians.keys.map { |name| Contenders::TITLES[name] }, "target", "ours")
      ROWS.each do |title, key, scale, format, target|
        cells = medians.values.map { |figures| format(format, figures[key] * scale) }
        table << [title, *cells, *judgement(target, medians.dig("ours", key))]
      end
      table
    end

    def judgement(target, value)
      return ["", ""] unless target

      [target.end ? "<= #{target.end}" : ">= #{target.begin}", verdict(value, target)]
    end
  end
end

options = Bench::Options.parse do |parser, parsed|
  parser.on("--no-compare", "leave Debian's ruby-prof out") { parsed.compare = false }
end
bench = Bench::CallPaths.new(options)
started = bench.now
bench.heading("Half a million call paths")
bench.run
bench.footnote(started)
