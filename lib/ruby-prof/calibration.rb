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
    # How many costs it is known of where they come from.
    ORIGINS = 64

    # How a profile is recorded, as far as costs depend on it.
    Way = Struct.new(:mode, :operators, :objects) do
      def without_operators = self.class.new(mode, false, objects)
    end

    # What is said where a program's own methods got in the way: no costs, no spread.
    UNKNOWN = ([0] * 10).freeze

    HIDDEN.push(self, Programs, Cache, Way)

    # Nanoseconds; more than any measurement takes, unless a debugger has stopped it.
    LONGEST_WAIT = 1_000_000_000

    # Nanoseconds from one to the next.
    MEASURE_AFTER = 10_000_000_000

    # By Way, when costs were measured for a sample's sake.
    @measured_anew = {}
    @origins = {}.freeze
    # The thread that measures.
    @measuring = nil

    class << self
      # @param measure_mode [Integer]
      # @param operators [Boolean] whether they are counted as calls, which marks them in all code
      # @param objects [Boolean] whether they are counted by class and line
      # @return [Array<Integer>, nil] picoseconds: a call in Ruby in the callee and in the caller, a call in C likewise, an operator
      #   likewise, a call path, an object, a switch of fibers; and the uncertainty in millionths. nil while it is measuring already.
      def costs(measure_mode, operators, objects)
        alone(UNKNOWN) { measured(Way.new(measure_mode, operators, objects)) }
      end

      # Looks at a sample when a profile begins or ends. Where calls cost less now than was measured, by more than the uncertainty, a
      # neighbour on the machine had its share of the measurement, and all is measured anew. Where they cost more, it has it now.
      #
      # @param known [Array<Integer>] as from {costs}
      # @return [Array<Integer>, nil] what calls cost now in millionths of what is known, at least a million; and what is known now. nil if
      #   nothing can be measured
      def look(measure_mode, operators, objects, known)
        alone(nil) { looked(Way.new(measure_mode, operators, objects), known) }
      end

      # Waits until no other thread measures: a profile that began meanwhile would have what is measured.
      def let_others_finish
        return unless measuring? && !(other = @measuring).equal?(::Thread.current)

        latest = Clock.read(WALL_TIME) + LONGEST_WAIT
        ::Thread.pass while other.equal?(@measuring) && other.alive? && Clock.read(WALL_TIME) < latest
      end

      # What a profile is charged with that ran while the machine was slow: by so much, in millionths, at its least and at its most. As
      # long as it is not known how long it was as slow as that, it is taken for the least of it, and what is more for uncertainty.
      #
      # @return [Array<Integer>] as from {costs}
      def slowed(known, least, most)
        *costs, spread = known
        share = (most - least).fdiv(2 * least)
        slow = [*costs.map { |cost| cost * least / 1_000_000 }, millionths(Math.hypot(spread / 1e6, share))]
        origin = @origins[costs]
        keep_origin(slow[0...-1], origin) if origin
        slow
      rescue ::StandardError
        known
      end

      # Where costs that a profile has come from.
      #
      # @param costs [Hash] as Overhead#costs
      # @return [Array, nil] `:measured` or `:cached`, and the Time of the measurement; nil for those of other processes
      def origin(costs)
        wanted = costs.values.flatten
        @origins.find { |known, _| seconds(known) == wanted }&.last
      end

      private

      # One at a time, and not where a collection at each object would make it a minute. What others raise in this thread, a timeout
      # for instance, waits these 30 ms: it must not be taken for an error of ours.
      #
      # Whatever a program has made of Integer#pred and its like, it is to be profiled: then there is `nothing`. But a signal's handler does not
      # wait. What it raises is raised once, and a program's own methods raise again at the same place.
      def alone(nothing, &work)
        return if measuring? || GC.stress

        begin
          @measuring = ::Thread.current
          found, error = nil
          2.times do
            before = error
            found, error = attempt(&work)
            raise before if before && !(error && same?(before, error))
            break unless error
          end
          error ? nothing : found
        ensure
          @measuring = nil
        end
      end

      # @return [Array] what was found, and the error instead
      def attempt(&work)
        [::Thread.handle_interrupt(::Object => :never, &work), nil]
      rescue ::StandardError => e
        [nil, e]
      end

      # A signal's handler may raise again, but hardly where it did before.
      def same?(error, other) = error.instance_of?(other.class) && error.backtrace == other.backtrace

      # In a forked child nobody is, whatever its parent did.
      def measuring? = @measuring&.alive?

      def seconds(costs)
        costs.map { |picoseconds| picoseconds / 1e12 }
      end

      def measured(way)
        cache = Cache.new(way)
        (known = cache.read) && costs = confirmed(way, known)
        return remember(costs, :cached, known.measured_at) if costs

        costs = measure(way)
        costs && cache.write(costs)
        remember(costs, :measured, Cache.now)
      end

      def looked(way, known)
        return unless (distances = distances(way, known))

        spread = known.last / 1e6
        return [1_000_000, *(lower(way, known) || known)] if distances.max.negative? && distances.min < -spread

        distance = distances.sum / distances.size
        [distance > spread ? ((1 + distance) * 1e6).round : 1_000_000, *known]
      end

      # Costs that are measured now, if they are lower, and known as well. Not at every look: where samples say so all the time, programs
      # would wait for what finds nothing.
      def lower(way, known)
        now = Clock.read(WALL_TIME)
        return if @measured_anew[way]&.>(now - MEASURE_AFTER)

        @measured_anew[way] = now
        costs = measure(way)
        return unless costs && costs.first(4).sum < known.first(4).sum && costs.last <= [known.last, Cache::MOST_SPREAD].max

        Cache.new(way).write(costs)
        remember(costs, :measured, Cache.now)
      end

      def remember(costs, source, time)
        keep_origin(costs[0...-1], [source, Time.at(time)]) if costs
        costs
      end

      # Another thread may be reading. A machine that is slow now and then makes new costs without end.
      def keep_origin(costs, origin)
        others = @origins.reject { |known, _| known == costs }
        @origins = [*others.to_a.last(ORIGINS - 1), [costs, origin]].to_h.freeze
      end

      # Costs that were measured by another process, if a sample is no farther from them than their uncertainty; that grows by how far
      # it is.
      def confirmed(way, known)
        *costs, spread = known.costs
        farthest = distances(way, known.costs)&.map(&:abs)&.max
        [*costs, millionths(Math.hypot(spread / 1e6, farthest))] if farthest && farthest <= spread / 1e6
      end

      # By how much a sample is above costs that are known, in parts of these: calls in Ruby, calls in C.
      def distances(way, costs)
        rounds = traced(way.without_operators, "sample", Programs::SAMPLES)
        return unless rounds.size == Programs::SAMPLES && rounds.all? { |round| round.size == 4 }

        { %i[one_ruby many_ruby] => costs[0, 2], %i[few_c many_c] => costs[2, 2] }.map do |names, known|
          found = names.sum { |name| added(bare(name, way.mode, Programs::SAMPLE, Programs::SAMPLES), rounds, name, Programs::SAMPLE) } / names.size
          (picoseconds(found) - known.sum).fdiv([known.sum, 1].max)
        end
      end

      def measure(way)
        bare = %i[none one_ruby many_ruby few_c many_c operators].to_h { |name| [name, bare(name, way.mode)] }
        rounds = traced(way.without_operators)
        # Nothing is seen from within another tracer's hook.
        return unless complete?(rounds)

        ruby = { one_ruby: WITHIN_RUBY, many_ruby: WITHIN_RUBY }.map { |name, within| cost(bare, rounds, name, within) }
        c = { few_c: WITHIN_C, many_c: WITHIN_C }.map { |name, within| cost(bare, rounds, name, within) }
        spread = spread(rounds, ruby, c)
        # Programs call many methods of their own in turn, and those of Ruby in inner loops as well.
        ruby, c = [ruby.last, mean(c)]
        path = median(rounds.map { |round| (2 * total(round, :once)) - total(round, :twice) }) / Programs::DEPTH
        # After all that runs without marks.
        operator = way.operators && complete?(marked = traced(way)) ? cost(bare, marked, :operators, 0) : c
        [*pieces(ruby), *pieces(c), *pieces(operator), picoseconds(path), object(way), switch(way, c.sum), millionths(spread)]
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
      def switch(way, call)
        profile = profile(way.without_operators, "switched", Programs::ROUNDS)
        callers, *fibers = profile.threads.map { |thread| trees(thread.call_tree) }
        callers = callers.select { |tree| tree.target.method_name == :switches }.map { |tree| trees(tree) }
        return 0 unless callers.size == Programs::ROUNDS && fibers.size == Programs::ROUNDS

        added = undisturbed(callers.zip(fibers).map { |both| both.flatten.sum(&:self_time) }) / Programs::SWITCHES
        picoseconds(added - bare(:switches, way.mode, Programs::SWITCHES) - call)
      end

      # Seconds a call takes without a profile. Tests stop Ruby's clocks, or turn them.
      def bare(name, mode, calls = Programs::CALLS, rounds = Programs::ROUNDS)
        Programs.public_send(name, calls)
        times = Array.new(rounds) do
          before = Clock.read(mode)
          Programs.public_send(name, calls)
          (Clock.read(mode) - before) / 1e9
        end
        undisturbed(times) / calls
      end

      def traced(way, name = "round", number = Programs::ROUNDS)
        rounds(profile(way, name, number), name)
      end

      def profile(way, name, number)
        profile = Profile.new(measure_mode: way.mode, compensate: false, operators: way.operators, track_allocations: way.objects,
                              include_threads: [::Thread.current], blocks: false, latency: false, max_nodes: nil, max_depth: nil, budget: nil, allow_exceptions: true)
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
        rounds.size == Programs::ROUNDS && rounds.all? { |round| round.size == 7 }
      end

      def total(round, name)
        round[name].total_time
      end

      # How far the rounds are apart, and how far a loop over few methods is from one over many.
      def spread(rounds, *kinds)
        totals = rounds.map { |round| total(round, :many_ruby) }
        of_rounds = (median(totals) - undisturbed(totals)) / undisturbed(totals)
        of_shapes = kinds.map { |few, many| (few.sum - many.sum).abs / [few.sum + many.sum, 1e-12].max }.max
        Math.sqrt((of_rounds**2) + (of_shapes**2) + (LEAST_SPREAD**2))
      end

      # What neighbours on the machine take is always more, never less. So this is not the median, nor the least.
      def undisturbed(values)
        values.sort[values.size / 4]
      end

      def mean(costs)
        costs.transpose.map { |pieces| pieces.sum / pieces.size }
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
