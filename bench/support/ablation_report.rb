# frozen_string_literal: true

require_relative "report"
require_relative "stats"
require_relative "table"

module Bench
  # One row a mode: how good its predictions are.
  class AblationReport < Report
    RIGHT = (0.9..)
    # What a reader without error bars would call a good prediction.
    NEAR = 0.1

    def print(ablation)
      @ablation = ablation
      table = Table.new("mode", "predictions", "right", ">= 90 %", "in bar", "bar", "off, median", "90th", "too much by",
                        "within 10 %")
      ablation.modes.each { |mode| table << line(mode.title, ablation.predictions(mode)) }
      puts table, "", explanation
    end

    private

    def line(title, predictions)
      return [title, 0, *["n/a"] * 8] if predictions.empty?

      errors = predictions.map(&:error)
      off = errors.map(&:abs).sort
      [title, predictions.size, *bars(predictions), percent(Stats.median(off)), percent(off[(off.size * 9 / 10)]),
       signed(Stats.median(errors)), percent(share(off) { |error| error <= NEAR })]
    end

    # Nothing to judge where no error bars are given.
    def bars(predictions)
      return ["n/a"] * 4 if predictions.any? { |prediction| prediction.bar.nil? }

      right = share(predictions, &:right?)
      [percent(right), verdict(right, RIGHT), percent(share(predictions, &:covered?)),
       percent(Stats.median(predictions.map { |prediction| prediction.bar / prediction.saved }))]
    end

    def share(list, &) = list.count(&).fdiv(list.size)
    def percent(value) = format("%.1f %%", value * 100)
    def signed(value) = format("%+.1f %%", value * 100)

    def explanation
      noise = Stats.median(@ablation.truths.map { |truth| truth.noise / truth.saved })
      ["right: the truth is in the profile's error bar or no farther from it than bare runs differ among themselves",
       "(in the median that is #{percent(noise)} of what is saved). in bar: without that allowance. bar: half its width, in the",
       "median, of what was predicted. off: predicted less true saving, over the true one, without sign; its median and what",
       "nine in ten do not exceed. too much by: the median with sign.",
       format("%.0f %% of the profiles were never without neighbours on the machine, and are left out.",
              @ablation.disturbed * 100),
       *("n/a: this build gives no error bars." if @ablation.modes.none? { |mode| given?(mode) })]
    end

    def given?(mode) = @ablation.predictions(mode).first&.bar
  end
end
