# frozen_string_literal: true

# Every report of half a million call paths, and its file: how long it takes and how large it is.
#
#     ruby bench/reports.rb [--only flat,call_stack] [--rounds 7] [--smoke]

require_relative "support/children"
require_relative "support/options"
require_relative "support/program"
require_relative "support/report"
require_relative "support/stats"
require_relative "support/table"

module Bench
  # The reports of ours, one after the other, of one profile a round.
  class Reports < Report
    # Name, class, and what it may take: seconds and megabytes. A printer that is not there is left out.
    PRINTERS = [
      ["flat", "FlatPrinter", 0.1, nil],
      ["graph", "GraphPrinter", 0.4, nil],
      ["graph_html", "GraphHtmlPrinter", 0.5, 15],
      ["call_stack", "CallStackPrinter", 2, 15],
      ["flame_graph", "FlameGraphPrinter", 1, 10],
      ["call_info", "CallInfoPrinter", nil, nil],
      ["call_tree", "CallTreePrinter", nil, nil],
      ["dot", "DotPrinter", nil, nil],
      # Files: 12 bytes a call path.
      ["save", nil, 0.5, 6.6],
      ["load", nil, 0.5, 6.6],
      # From Ruby, with a CallTreeVisitor; ruby-prof 2.0.5 takes 3.8 s.
      ["walk", nil, 1, nil]
    ].freeze

    def initialize(options)
      super
      @children = Children.new(ruby: options.ruby)
    end

    def run
      @children.available(%w[ours])
      program = Program.write(smoke: @options.smoke)
      wanted = PRINTERS.select { |name, *| @options.only.empty? || @options.only.include?(name) }
      rounds = Array.new(@options.rounds) do |round|
        @children.run("reports", "ours", program:, printers: wanted.map { |row| row.first(2) }, count: round.zero?)
      end
      puts format("%d call paths, %d methods", rounds.first["nodes"], rounds.first["methods"]), "", table(wanted, rounds), ""
      puts "Medians of the rounds, wall time, into memory (call_tree: into files). Memory: VmHWM after less VmRSS before,",
           "each report in a process of its own. A printer that this version does not have is not there."
      @options.save(facts.merge(rounds:))
    end

    private

    def table(wanted, rounds)
      table = Table.new("", "s", "target", "ours", "MB", "target", "ours", "memory MB")
      wanted.each do |name, _, seconds, megabytes|
        results = rounds.filter_map { |round| round["reports"][name] }
        next table << [name, "not there", *[""] * 6] if results.empty?

        time, bytes, memory = %w[seconds bytes memory].map { |key| Stats.median(results.map { |result| result[key] }) }
        table << [name, format("%.3f", time), *judgement(seconds, time), format("%.2f", bytes / 1e6),
                  *judgement(megabytes, bytes / 1e6), format("%.1f", memory / 1e6)]
      end
      table
    end

    def judgement(limit, value)
      limit ? ["<= #{limit}", verdict(value, (0..limit))] : ["", ""]
    end
  end
end

options = Bench::Options.parse do |parser, parsed|
  parser.on("--only LIST", Array, "reports: #{Bench::Reports::PRINTERS.map(&:first).join(",")}") { |names| parsed.only = names }
end
bench = Bench::Reports.new(options)
started = bench.now
bench.heading("Reports of half a million call paths")
bench.run
bench.footnote(started)
