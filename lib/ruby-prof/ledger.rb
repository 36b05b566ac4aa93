# frozen_string_literal: true

module RubyProf
  # Where the wall time of a method, a call path or a thread went, what it called left out (a thread's: all of it). Integers, in
  # nanoseconds; the parts add up to `wall`, always.
  #
  #   ledger = profile.threads.first.ledger
  #   ledger.wall        # => 302_114_310
  #   ledger.blocked     # => 250_311_016
  #   ledger.to_h        # => { running: 48_810_102, gvl_wait: 0, blocked: 250_311_016, gc: 2_301_112, overhead: 692_080 }
  class Ledger
    # @return [Integer] at work, as far as the VM knows
    attr_reader :running
    # @return [Integer] could have run, but another thread had the GVL. Before Ruby 3.3 also: was blocked while others ran
    attr_reader :gvl_wait
    # @return [Integer] could not go on: slept, read, waited for a lock, or for another thread or fiber
    attr_reader :blocked
    # @return [Integer] garbage was collected
    attr_reader :gc
    # @return [Integer] the profiler's own work, whether times are without it or not
    attr_reader :overhead
    # @return [Integer, nil] of a thread in a profile of wall time, what the processor's clock says it worked, all its fibers together;
    #   only the first of its fibers has it
    attr_reader :cpu

    # @param parts [Array<Integer>]
    # @param cpu [Integer, nil]
    def initialize(parts, cpu = nil) # :nodoc:
      @running, @gvl_wait, @blocked, @gc, @overhead = parts
      @cpu = cpu
      freeze
    end

    # @return [Integer] the sum of the parts
    def wall
      running + gvl_wait + blocked + gc + overhead
    end

    # How far the parts that need a processor (running, gc, overhead) are from what the processor's clock says. More than nothing: somebody else on the
    # machine had it. Less than nothing: the thread worked in a part that counts as blocked, or in another of its fibers.
    #
    # @return [Integer, nil] nil where `cpu` is
    def unexplained
      running + gc + overhead - cpu if cpu
    end

    # @return [Hash{Symbol => Integer}] the parts
    def to_h
      { running: running, gvl_wait: gvl_wait, blocked: blocked, gc: gc, overhead: overhead }
    end

    # @return [Boolean] whether all numbers are the same
    def ==(other)
      other.is_a?(Ledger) && other.to_h == to_h && other.cpu == cpu
    end
    alias eql? ==

    # @return [Integer]
    def hash
      [to_h, cpu].hash
    end

    # @return [String] in short
    def inspect
      parts = to_h.map { |name, part| format("%<name>s %<part>.6f", name: name, part: part / 1e9) }
      format("#<RubyProf::Ledger %<wall>.6f s: %<parts>s>", wall: wall / 1e9, parts: parts.join(", "))
    end
    alias to_s inspect
  end
end
