# frozen_string_literal: true

require "ruby-prof/legacy/constants"
require "ruby-prof/legacy/results"

# What ruby-prof 1.x and 0.x had and public code still calls, beside `start`, `stop` and their like.
module RubyProf
  # Ruby's clock ticks in a second, as ruby-prof had it.
  CLOCKS_PER_SEC = 1_000_000

  # Marks of the measure modes, as in ruby-prof 1.x: classes without methods.
  module Measure
    # Stands for WALL_TIME.
    class WallTime; end
    # Stands for PROCESS_TIME.
    class ProcessTime; end
    # Stands for ALLOCATIONS.
    class Allocations; end
    # Stands for MEMORY.
    class Memory; end
  end

  class << self
    # Starts profiling, then runs a script.
    #
    # @param path [String] a Ruby file
    # @return [true]
    # @raise [RuntimeError] if already running
    # @raise [LoadError] if there is no such file
    def start_script(path)
      start
      Kernel.load(path)
    end

    # @return [nil]
    # @raise [RuntimeError] unless `start` was called
    def ensure_running!
      raise "RubyProf.start was not yet called: call it before stop, pause or resume" unless running?
    end

    # @return [nil]
    # @raise [RuntimeError] if `start` was called
    def ensure_not_running!
      raise "RubyProf is already running: call RubyProf.stop first" if running?
    end

    # @return [String] "wall_time", "process_time", "allocations" or "memory"
    def measure_mode_string
      Profile.new(measure_mode: measure_mode).measure_mode_string
    end

    # @return [Float] seconds since some moment
    def measure_wall_time
      Process.clock_gettime(Process::CLOCK_MONOTONIC)
    end

    # @return [Float] seconds of CPU time of this process
    def measure_process_time
      Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID)
    end
    alias measure_cpu_time measure_process_time

    # @return [Integer] objects made since the process began
    def measure_allocations
      GC.stat(:total_allocated_objects)
    end

    # @return [Integer] bytes of the slots of these objects; what they point to is not counted: to
    #   measure that, profile with MEMORY
    def measure_memory
      measure_allocations * GC::INTERNAL_CONSTANTS.fetch(:RVALUE_SIZE, 40)
    end

    # @return [Integer] garbage collections since the process began
    def measure_gc_runs
      GC.count
    end

    # @return [Integer] microseconds spent in garbage collections
    def measure_gc_time
      GC.stat(:time) * 1_000
    end

    # @return [Float] the processor's frequency in Hertz as Linux tells it, 0.0 elsewhere
    def cpu_frequency
      File.read("/proc/cpuinfo")[/^cpu MHz\s*:\s*([\d.]+)/, 1].to_f * 1_000_000
    rescue SystemCallError
      0.0
    end
  end
end
