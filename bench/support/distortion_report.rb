# frozen_string_literal: true

require_relative "../tasks"
require_relative "report"
require_relative "stats"
require_relative "table"

module Bench
  # A table for each mode, and one that compares them.
  class DistortionReport < Report
    # Without C calls a task's total is to be right too, not just its share.
    TOTAL = (0.9..1.1)
    JUDGED_BY_TASK = "ruby"

    def print(distortion)
      @distortion = distortion
      distortion.modes.each { |mode| puts mode.title, tasks(mode), "" }
      puts "All modes", modes, "", explanation
    end

    private

    def tasks(mode)
      judged = mode.name == JUDGED_BY_TASK && !raw_of_two?(mode)
      table = Table.new("task", "bare ms", "reported ms", "inflation", *("0.9..1.1" if judged),
                        "true share %", "reported %", "points")
      @distortion.rows(mode).each { |row| table << task(row, judged) }
      table.rule << ["sum of differences", "", "", "", *("" if judged), "", "",
                     format("%.1f", @distortion.distance(mode))]
    end

    def task(row, judged)
      [Tasks::TITLES[row.name], format("%.1f", row.bare * 1e3), format("%.1f", row.reported * 1e3),
       format("%.2f", row.inflation), *(verdict(row.inflation, TOTAL) if judged),
       format("%.1f", row.true_share * 100), format("%.1f", row.share * 100), format("%+.1f", row.difference)]
    end

    def modes
      table = Table.new("mode", "L1 points", "range", "target", "", "least inflation", "most")
      table << ["bare, again", format("%.1f", Stats.median(@distortion.distances("bare"))), range("bare"), "", "", "", ""]
      @distortion.modes.each { |mode| table << line(mode) }
      table
    end

    def line(mode)
      inflations = @distortion.rows(mode).map(&:inflation)
      target = mode.target unless raw_of_two?(mode)
      [mode.title, format("%.1f", @distortion.distance(mode)), range(mode.title), target ? "<= #{target}" : "",
       target ? verdict(@distortion.distance(mode), (0..target)) : "",
       *inflations.minmax.map { |value| format("%.2f", value) }]
    end

    # Where times can be corrected, the raw ones promise nothing.
    def raw_of_two?(mode) = mode.settings[:compensate] == false

    def range(title) = format("%.1f-%.1f", *Stats.quartiles(@distortion.distances(title)))

    def explanation
      ["L1: the sum of the differences between true and reported shares. range: the middle half of the rounds.",
       "bare, again: the same of single rounds of bare runs, that is of a profiler that makes no error: the machine's noise.",
       "inflation: reported time over bare time. Both without what neighbours on the machine took away meanwhile, which",
       format("the kernel knows (the tasks do not wait): here %.0f %% of the time.", @distortion.stolen * 100),
       *("This build subtracts no overhead: its times are as it saw them." if @distortion.modes.all?(&:raw))]
    end
  end
end
