# frozen_string_literal: true

# How well growth is told from counts: the corpus of spec/support/growth_programs, each program at several
# sets of sizes. Nothing is timed.
#
#     ruby bench/growth.rb [--wrong]

$LOAD_PATH.unshift File.expand_path("../lib", __dir__), File.expand_path("../spec/support", __dir__)

require "ruby-prof"
require "growth_table"
require_relative "support/table"

module Bench
  # Prints all rows, then what they add up to.
  class GrowthReport
    def initialize(only_wrong)
      @table = GrowthTable.new
      @only_wrong = only_wrong
    end

    def run
      puts rows, "", summary, "", EXPLANATION
      alarms = @table.rows.reject { |row| row.false_alarms.empty? }
      puts "", "FALSE ALARMS: #{alarms.size}" unless alarms.empty?
      exit 1 unless alarms.empty?
    end

    EXPLANATION = <<~TEXT
      found: Growth.of. exceeds up to: the steepest bound that Growth.exceeds? says is exceeded.
      told by 1, by 2: of the rows, those where the bound one (two) classes below the program's is exceeded.
      false alarms: rows where the program's own class, or one above it, is exceeded.
    TEXT

    private

    def rows
      table = Table.new("program", "sizes", "counts", "expected", "found", "exceeds up to", "")
      @table.rows.each do |row|
        next if @only_wrong && row.right? && row.false_alarms.empty?

        verdict = row.false_alarms.any? ? "FALSE ALARM" : ("not found" unless row.right?)
        table << [row.program.name, row.sizes.join(" "), row.counts.join(" "), row.expected, row.found,
                  row.exceeded.last, verdict || ""]
      end
      table.to_s
    end

    def summary
      table = Table.new("class", "programs", "rows", "named right", "told by 1", "told by 2", "false alarms")
      GrowthTable.growth::CLASSES.each { |name| table << line(name, @table.of(name)) }
      table.rule << line("all", @table.rows)
      table.to_s
    end

    def line(name, rows)
      [name, rows.map(&:program).uniq.size, rows.size, share(rows.map(&:right?)), share(rows.map { |row| row.told?(1) }),
       share(rows.map { |row| row.told?(2) }), rows.count { |row| row.false_alarms.any? }]
    end

    def share(answers)
      answers = answers.compact
      answers.empty? ? nil : format("%.1f %%", 100.0 * answers.count(true) / answers.size)
    end
  end
end

Bench::GrowthReport.new(ARGV.delete("--wrong")).run
