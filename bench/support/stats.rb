# frozen_string_literal: true

module Bench
  # The few statistics the reports need.
  module Stats
    module_function

    def median(values)
      sorted = values.sort
      middle = sorted.size / 2
      sorted.size.odd? ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0
    end

    def geometric_mean(values)
      Math.exp(values.sum { |value| Math.log(value) } / values.size)
    end

    # The middle half of the values, as [low, high].
    def quartiles(values)
      sorted = values.sort
      [sorted[(sorted.size - 1) / 4], sorted[-1 - ((sorted.size - 1) / 4)]]
    end
  end
end
