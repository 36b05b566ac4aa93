# frozen_string_literal: true

# Are reported times true? Nine tasks bare, and all nine in one profile: what share of the time is each said
# to take, and what share does it take?
#
#     ruby bench/distortion.rb [--only ruby,c,all,theirs] [--rounds 7] [--smoke]
#
# Every run is a process of its own, and bare ones trace nothing. The modes take turns, so that a slow
# minute of the machine meets all of them.

require_relative "support/distortion_report"
require_relative "support/modes"
require_relative "support/options"
require_relative "support/stats"
require_relative "tasks"

module Bench
  # Runs bare and all modes round by round and keeps what each said.
  class Distortion
    # Of the tasks' size; small tasks still call everything.
    SMOKE = 0.02

    # Seconds said and true, shares said and true, of one task.
    Row = Struct.new(:name, :bare, :reported, :true_share, :share, keyword_init: true) do
      def inflation = reported / bare
      def difference = (share - true_share) * 100
    end

    # Bare runs are short, so there can be more of them.
    BARE_PASSES = 6
    PASSES = 2
    attr_reader :modes

    def initialize(options)
      @options = options
      @children = Children.new(ruby: options.ruby)
      @modes = Modes.new(@children).available(options.only)
      @samples = Hash.new { |hash, key| hash[key] = [] }
    end

    def run
      @options.rounds.times do |round|
        sample("bare", "bare", {}, BARE_PASSES)
        @modes.each { |mode| sample(mode.title, mode.contender, mode.settings, PASSES) }
        $stderr.print "\rround #{round + 1} of #{@options.rounds} " if $stderr.tty?
      end
      $stderr.print "\r" if $stderr.tty?
    end

    def rows(mode)
      bare = medians("bare")
      reported = medians(mode.title)
      Tasks::NAMES.map do |name|
        Row.new(name:, bare: bare[name], reported: reported[name], true_share: bare[name] / bare.values.sum,
                share: reported[name] / reported.values.sum)
      end
    end

    # How far all shares are from the truth, in points.
    def distance(mode) = rows(mode).sum { |row| row.difference.abs }

    # The distance of each round's shares, to show how far the figure can be trusted.
    def distances(title)
      @samples[title].map { |passes| apart(medians_of(passes), medians("bare")) }
    end

    # The share of the time that neighbours on the machine had the processor instead.
    def stolen
      all = @samples.values.flatten(2).flat_map(&:values)
      1 - all.sum { |sample| sample["cpu"] }.fdiv(all.sum { |sample| sample["wall"] })
    end

    def samples
      @samples.map { |title, rounds| { mode: title, rounds: } }
    end

    private

    def sample(title, contender, settings, passes)
      options = @options.smoke ? { scale: SMOKE, passes: 1 } : { scale: 1, passes: }
      @samples[title] << @children.run("distortion", contender, settings:, **options)
    end

    def medians(title) = medians_of(@samples[title].flatten(1))

    def medians_of(passes)
      Tasks::NAMES.to_h { |name| [name, Stats.median(passes.map { |pass| undisturbed(pass.fetch(name.to_s)) })] }
    end

    # Tasks do not wait. So time without a processor was the neighbours', bare and profiled.
    def undisturbed(sample) = sample["reported"] - (sample["wall"] - sample["cpu"])

    def apart(one, other)
      one.sum { |name, seconds| ((seconds / one.values.sum) - (other[name] / other.values.sum)).abs } * 100
    end
  end
end

options = Bench::Options.parse do |parser, parsed|
  names = Bench::Modes::NAMES
  parser.on("--only NAMES", Array, names.join(",")) { |only| parsed.only = only }
end
unknown = options.only - Bench::Modes::NAMES
abort "distortion.rb: no mode #{unknown.join(", ")}, there are #{Bench::Modes::NAMES.join(", ")}" unless unknown.empty?

report = Bench::DistortionReport.new(options)
started = report.now
report.heading("Distortion of times")
distortion = Bench::Distortion.new(options)
puts
distortion.run
report.print(distortion)
report.footnote(started)
options.save(report.facts.merge(samples: distortion.samples))
