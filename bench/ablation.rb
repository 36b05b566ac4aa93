# frozen_string_literal: true

# Can reported times be relied on? If a method is said to take a second and half of its work is left out, the
# program should take half a second less. A hundred random programs, each made faster in one place: what the
# profile of the slow one says will be saved, and what is saved.
#
#     ruby bench/ablation.rb [--only ruby,c,all,theirs] [--programs 100] [--rounds 3] [--smoke]

require_relative "support/ablation_report"
require_relative "support/modes"
require_relative "support/options"
require_relative "support/random_program"
require_relative "support/stats"

module Bench
  # Runs all programs bare, and in each mode, round by round.
  class Ablation
    # Each bare round runs both versions twice this often.
    PAIRS = 16
    # A normal distribution's: from the median distance to the standard error of a median.
    STANDARD = 1.4826 * 1.2533
    # A profile is judged if its program had a processor for this part of its time or more.
    QUIET = 0.99
    # Standard errors that count as noise: 95 % of a normal distribution.
    NOISE = 2

    # Seconds saved: +truth+ give or take +noise+.
    Truth = Struct.new(:saved, :noise)
    # Seconds that a profile says will be saved, give or take +bar+ (nil: it does not say).
    Prediction = Struct.new(:saved, :bar, :truth) do
      def error = (saved - truth.saved) / truth.saved
      def distance = (saved - truth.saved).abs
      def right? = distance <= bar + truth.noise
      def covered? = distance <= bar
    end

    attr_reader :modes, :programs

    def initialize(options, programs)
      @options = options
      @programs = Array.new(programs) { |seed| RandomProgram.new(seed) }
      @children = Children.new(ruby: options.ruby)
      @modes = Modes.new(@children).available(options.only)
      @bare = []
      @said = Hash.new { |hash, key| hash[key] = [] }
    end

    def run
      @options.rounds.times do |round|
        @bare << child("bare", {})
        @modes.each { |mode| @said[mode.title] << child(mode.contender, mode.settings) }
        $stderr.print "\rround #{round + 1} of #{@options.rounds} " if $stderr.tty?
      end
      $stderr.print "\r" if $stderr.tty?
    end

    # Every round's profile of every program is a prediction of its own, but for those that neighbours on the machine had a part in:
    # these say how long others had the processor.
    def predictions(mode)
      @said[mode.title].flat_map do |round|
        round.zip(@programs, truths).filter_map do |said, program, truth|
          next if disturbed?(said)

          Prediction.new(said["total"] * program.part.to_f, said["bar"]&.*(program.part.to_f), truth)
        end
      end
    end

    def truths
      @truths ||= @programs.each_index.map { |number| truth(@bare.map { |round| round[number] }) }
    end

    # Of the profiles, those that never had a quiet machine.
    def disturbed
      all = @said.values.flatten(2)
      all.count { |said| disturbed?(said) }.fdiv(all.size)
    end

    def samples = { bare: @bare, profiled: @said }

    private

    def disturbed?(said) = !@options.smoke && said["quiet"] < QUIET

    def child(contender, settings)
      @children.run("ablation", contender, settings:, programs: @programs.size, pairs: @options.smoke ? 2 : PAIRS)
    end

    # The median of pairs, and how far it can be trusted: by the spread of pairs, and by that of processes, since
    # each lays out its memory in its own way.
    def truth(rounds)
      rounds = rounds.map { |pairs| pairs.map { |original, changed| original - changed } }
      all = rounds.flatten
      saved = Stats.median(all)
      spread = Stats.median(all.map { |each| (each - saved).abs })
      between = rounds.map { |round| Stats.median(round) }.minmax
      Truth.new(saved, [NOISE * STANDARD * spread / Math.sqrt(all.size), (between.last - between.first) / 2].max)
    end
  end
end

programs = nil
options = Bench::Options.parse do |parser, parsed|
  names = Bench::Modes::NAMES
  parsed.rounds = 3
  parser.on("--only NAMES", Array, names.join(",")) { |only| parsed.only = only }
  parser.on("--programs N", Integer, "random programs (100)") { |number| programs = number }
end
unknown = options.only - Bench::Modes::NAMES
abort "ablation.rb: no mode #{unknown.join(", ")}, there are #{Bench::Modes::NAMES.join(", ")}" unless unknown.empty?

report = Bench::AblationReport.new(options)
started = report.now
report.heading("Predicted and true savings")
ablation = Bench::Ablation.new(options, programs || (options.smoke ? 3 : 100))
puts
ablation.run
report.print(ablation)
report.footnote(started)
options.save(report.facts.merge(samples: ablation.samples))
