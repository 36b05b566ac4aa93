# frozen_string_literal: true

module RubyProf
  # What the profiler's own work is of a profile. Times are Floats in seconds.
  #
  #   overhead = profile.overhead
  #   overhead.raw_total                           # => 0.0907, as measured
  #   overhead.raw_total - overhead.subtracted     # => 0.0213, the profile's total
  #   overhead.uncertainty                         # => 0.0034
  class Overhead
    # @return [Float] the sum of the threads' totals as they were measured
    attr_reader :raw_total
    # @return [Float] the profiler's part of it
    attr_reader :subtracted
    # @return [Float] that part, from 0 to 1
    attr_reader :share
    # @return [Float] the standard uncertainty of `subtracted`. What tracing does to blocks is not in it: see MethodInfo#total_uncertainty
    attr_reader :uncertainty
    # @return [Float] what the costs of calls say beyond the time that is there: they are too high for this program then
    attr_reader :unexplained
    # @return [Hash] by kind of call (`:ruby`, `:c`, `:operator`) an Array: what a call costs within the callee's time, and within
    #   the caller's; `:new_path`, what the first call of a path costs beyond that; `:object`, what an object costs with
    #   `track_allocations`; and `:switch`, what a fiber costs that runs again
    attr_reader :costs
    # @return [Float] of how many calls, from 0 to 1, nothing is known: 1.0 unless {#known?}, and between both where profiles with costs and
    #   without were merged. The times of these calls are raw
    attr_reader :unknown_share

    # @return [Symbol, nil] `:measured` in this process, or `:cached`: by an earlier one on this machine; nil if costs are of another process or
    #   of several
    attr_reader :source
    # @return [Time, nil] when costs were measured
    attr_reader :measured_at

    # @param facts [Hash] the values by name
    def initialize(facts) # :nodoc:
      @raw_total, @subtracted, @share, @uncertainty, @unexplained, @costs, @known, @unknown_share =
        facts.values_at(:raw_total, :subtracted, :share, :uncertainty, :unexplained, :costs, :known, :unknown_share)
      @source, @measured_at = Calibration.origin(@costs) if @known
      freeze
    end

    # Whether costs were measured. They are not for profiles of other modes than wall and process time, and of older releases: then
    # nothing is subtracted.
    #
    # @return [Boolean]
    def known?
      @known
    end

    # @return [String] in short
    def inspect
      return "#<RubyProf::Overhead unknown>" unless known?

      format("#<RubyProf::Overhead %<subtracted>.6f of %<raw_total>.6f s (%<percent>.1f%%), +- %<uncertainty>.6f>",
             subtracted: subtracted, raw_total: raw_total, percent: share * 100, uncertainty: uncertainty)
    end
    alias to_s inspect
  end
end
