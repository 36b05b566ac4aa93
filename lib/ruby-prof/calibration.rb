# frozen_string_literal: true

require_relative "calibration/cache"
require_relative "calibration/programs"

module RubyProf
  # Measures what a traced call costs, in this process: a known program runs bare and under a profile, some 30 ms in all, before
  # the first profile that measures time. TAU's way (Malony and Shende 2004), which runs a null timer in a loop, with several
  # methods and C functions in turn instead, since a single one finds the processor's caches better filled than a program does. What was
  # found is kept for other processes, which look at a sample only.
  module Calibration # :nodoc:
    # A call that the VM makes takes time of its own, and it is a matter of definition whether that is the caller's or the
    # callee's: the parts here are those that lie between our two readings of the clock. A method in Ruby reports when its frame is
    # there, and before it goes; a C function is called and returns in between.
    WITHIN_RUBY = 0.2
    # Likewise.
    WITHIN_C = 0.75
    # However well rounds and shapes agree, programs differ: the nine tasks of bench/distortion.rb are off by 1 to 24 percent of their
    # overhead, most by less than 10.
    LEAST_SPREAD = 0.1

    # How a profile is recorded, as far as costs depend on it.
    Way = Struct.new(:mode, :operators, :objects) do
      def without_operators = self.class.new(mode, false, objects)
    end

    # What is said where a program's own methods got in the way: no costs, no spread.
    UNKNOWN = ([0] * 10).freeze

    HIDDEN.push(self, Programs, Cache, Way)

    class << self
      # @param measure_mode [Integer]
      # @param operators [Boolean] whether they are counted as calls, which marks them in all code
      # @param objects [Boolean] whether they are counted by class and line
      # @return [Array<Integer>, nil] picoseconds: a call in Ruby in the callee and in the caller, a call in C likewise, an operator
      #   likewise, a call path, an object, a switch of fibers; and the uncertainty in millionths. nil while it is measuring already.
      def costs(measure_mode, operators, objects)
        # With a collection at each object that would take a minute.
        return if @measuring || GC.stress

        # What others raise in this thread, a timeout for instance, waits these 30 ms: it must not be taken for an error of ours.
        ::Thread.handle_interrupt(::Object => :never) { measured(Way.new(measure_mode, operators, objects)) }
      end

      # Where costs that a profile has come from.
      #
      # @param costs [Hash] as Overhead#costs
      # @return [Array, nil] `:measured` or `:cached`, and the Time of the measurement; nil for those of other processes
      def origin(costs)
        @origins&.find { |known, _| seconds(known) == costs.values.flatten }&.last
      end

      private

      def seconds(costs)
        costs.map { |picoseconds| picoseconds / 1e12 }
      end

      # Whatever a program has made of Integer#pred and its like, it is to be profiled.
      def measured(way)
        @measuring = true
        cache = Cache.new(way)
        (known = cache.read) && costs = confirmed(way, known)
        return remember(costs, :cached, known.measured_at) if costs

        costs = measure(way)
        costs && cache.write(costs)
        remember(costs, :measured, Cache.now)
      rescue ::StandardError
        UNKNOWN
      ensure
        @measuring = false
      end

      def remember(costs, source, time)
        (@origins ||= {})[costs[0...-1]] = [source, Time.at(time)] if costs
        costs
      end

      # Costs that were measured by another process, if a sample is no farther from them than their uncertainty; that grows by how far
      # it is.
      def confirmed(way, known)
        clock = clock_of(way.mode)
        rounds = traced(way.without_operators, "sample", Programs::SAMPLES)
        return unless rounds.size == Programs::SAMPLES && rounds.all? { |round| round.size == 2 }

        *costs, spread = known.costs
        distances = { many_ruby: costs[0, 2], many_c: costs[2, 2] }.map do |name, cached|
          found = added(bare(name, clock, Programs::SAMPLE, Programs::SAMPLES), rounds, name, Programs::SAMPLE)
          (picoseconds(found) - cached.sum).fdiv([cached.sum, 1].max).abs
        end
        [*costs, millionths(Math.hypot(spread / 1e6, distances.max))] if distances.max <= spread / 1e6
      end

      def clock_of(mode)
        mode == PROCESS_TIME ? Process::CLOCK_PROCESS_CPUTIME_ID : Process::CLOCK_MONOTONIC
      end

      def measure(way)
        clock = clock_of(way.mode)
        bare = %i[none one_ruby many_ruby many_c operators].to_h { |name| [name, bare(name, clock)] }
        rounds = traced(way.without_operators)
        # Nothing is seen from within another tracer's hook.
        return unless complete?(rounds)

        ruby = cost(bare, rounds, :many_ruby, WITHIN_RUBY)
        alone = cost(bare, rounds, :one_ruby, WITHIN_RUBY)
        c = cost(bare, rounds, :many_c, WITHIN_C)
        path = median(rounds.map { |round| (2 * total(round, :once)) - total(round, :twice) }) / Programs::DEPTH
        # After all that runs without marks.
        operator = way.operators && complete?(marked = traced(way)) ? cost(bare, marked, :operators, 0) : c
        [*pieces([ruby, alone].transpose.map { |pair| pair.sum / 2 }), *pieces(c), *pieces(operator), picoseconds(path),
         object(way), switch(way, clock, c.sum), millionths(spread(rounds, ruby, alone))]
      end

      # How much longer an object takes that is counted than one that is not; nothing where none are.
      def object(way)
        return 0 unless way.objects

        counted, others = [true, false].map do |objects|
          undisturbed(traced(Way.new(way.mode, false, objects), "made").map { |round| total(round, :objects) })
        end
        picoseconds((counted - others) / Programs::CALLS)
      end

      # A fiber that goes on. What lies in its window and in the other's, which stops, is here; what lies between them both have waited for.
      # A call in C is made for each.
      def switch(way, clock, call)
        profile = profile(way.without_operators, "switched", Programs::ROUNDS)
        callers, *fibers = profile.threads.map { |thread| trees(thread.call_tree) }
        callers = callers.select { |tree| tree.target.method_name == :switches }.map { |tree| trees(tree) }
        return 0 unless callers.size == Programs::ROUNDS && fibers.size == Programs::ROUNDS

        added = undisturbed(callers.zip(fibers).map { |both| both.flatten.sum(&:self_time) }) / Programs::SWITCHES
        picoseconds(added - bare(:switches, clock, Programs::SWITCHES) - call)
      end

      # Seconds a call takes without a profile.
      def bare(name, clock, calls = Programs::CALLS, rounds = Programs::ROUNDS)
        Programs.public_send(name, calls)
        times = Array.new(rounds) do
          before = Process.clock_gettime(clock)
          Programs.public_send(name, calls)
          Process.clock_gettime(clock) - before
        end
        undisturbed(times) / calls
      end

      def traced(way, name = "round", number = Programs::ROUNDS)
        rounds(profile(way, name, number), name)
      end

      def profile(way, name, number)
        profile = Profile.new(measure_mode: way.mode, compensate: false, operators: way.operators, track_allocations: way.objects,
                              include_threads: [::Thread.current], blocks: false, latency: false, max_nodes: nil, max_depth: nil, budget: nil)
        TestProfiles.record_ours(profile)
        profile.profile { number.times { |each| Programs.public_send(:"#{name}#{each}") } }
      end

      # By round the call trees of the programs in it.
      def rounds(profile, name)
        found = trees(profile.threads.first.call_tree).select { |tree| tree.target.method_name.to_s.start_with?(name) }
        found.map { |tree| tree.children.to_h { |child| [child.target.method_name, child] } }
      end

      # A call tree and all below it.
      def trees(tree)
        trees = [tree]
        trees.each { |each| trees.concat(each.children) }
      end

      # Seconds a call costs: within the callee's window, and outside.
      def cost(bare, rounds, name, within)
        own = undisturbed(rounds.map { |round| round[name].self_time }) / Programs::CALLS
        callees = undisturbed(rounds.map { |round| round[name].children.sum(&:self_time) }) / Programs::CALLS
        call = bare[name] - (bare[:none] / (name == :one_ruby ? 1 : Programs::TURNS))
        inner = [callees - (within * call), 0].max
        [inner, [own + callees - bare[name] - inner, 0].max]
      end

      # Seconds a call takes longer under a profile.
      def added(bare, rounds, name, calls)
        (undisturbed(rounds.map { |round| round[name].total_time }) / calls) - bare
      end

      def complete?(rounds)
        rounds.size == Programs::ROUNDS && rounds.all? { |round| round.size == 6 }
      end

      def total(round, name)
        round[name].total_time
      end

      # How far the rounds are apart, and how far a loop over one method is from one over many.
      def spread(rounds, ruby, alone)
        totals = rounds.map { |round| total(round, :many_ruby) }
        of_rounds = (median(totals) - undisturbed(totals)) / undisturbed(totals)
        of_shapes = (ruby.sum - alone.sum).abs / [ruby.sum + alone.sum, 1e-12].max
        Math.sqrt((of_rounds**2) + (of_shapes**2) + (LEAST_SPREAD**2))
      end

      # What neighbours on the machine take is always more, never less. So this is not the median, nor the least.
      def undisturbed(values)
        values.sort[values.size / 4]
      end

      def median(values)
        values.sort[values.size / 2]
      end

      def pieces(cost)
        cost.map { |seconds| picoseconds(seconds) }
      end

      def picoseconds(seconds)
        [(seconds * 1e12).round, 0].max
      end

      def millionths(share)
        [(share * 1e6).round, 1_000_000].min
      end
    end
  end

  private_constant :Calibration
end
