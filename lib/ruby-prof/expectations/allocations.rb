# frozen_string_literal: true

module RubyProf
  module Expectations
    # That a block makes a number of objects.
    class Allocations < Expectation
      ROWS = 8

      # @param bound [Bound]
      # @param options [Options]
      def initialize(bound, options: Options.new)
        super()
        options.check!
        @bound = bound
        @options = options
      end

      def description
        "allocate #{@bound.of("object")}#{@options}"
      end

      private

      def limit
        @bound.to_s
      end

      def find(work)
        counts = runs(work).map(&:objects)
        return undecided(counts) unless counts.uniq.one?

        made = counts.first
        finding(holds: @bound.include?(made), called: made,
                message: -> { failure("expected #{@bound.of("object")} to be made, got #{made.zero? ? "none" : Text.number(made)}", work) },
                negated: -> { failure("expected any number of objects but #{@bound.shown.delete_prefix("exactly ")}, got #{made.zero? ? "none" : Text.number(made)}", work) })
      end

      def runs(work)
        work.check(sized: false, words: @options.words)
        return work.count_cold([nil], all_threads: threads) if @options.cold

        work.warm_up
        work.count_each([nil] * @options.runs, :none, all_threads: threads)
      end

      def threads
        @options.all_threads ? true : false
      end

      def undecided(counts)
        message = "the number of objects is not deterministic, so none can be expected: #{Sizes.list(counts)}"
        finding(holds: nil, called: counts.first, message: message, negated: message)
      end

      def failure(headline, work)
        return headline if @options.cold

        profile = Profile.new(measure_mode: ALLOCATIONS, track_allocations: true, allow_exceptions: true, blocks: false, latency: false,
                              **(threads ? {} : { include_threads: [::Thread.current] }))
        Work.aside { profile.profile { work.call } }
        [headline, *rows(profile), *report(profile)].join("\n")
      rescue ::StandardError, ::ScriptError, ::SystemExit => e
        "#{headline}\nto look closer the block was run once more, and raised #{Text.shown(e.class.to_s)}"
      end

      # Where most are made, and of which class.
      def rows(profile)
        rows = made(profile).map { |(klass, name, place), count| [count, klass, ["in #{name}", place].compact.join("  ")] }
        rows = rows.sort_by { |count, *words| [-count, *words] }
        shown = rows.first(ROWS)
        left = rows.drop(ROWS)
        others = left.sum(&:first)
        numbers = [rows.first.to_a.first.to_i, others].map { |number| Text.number(number).size }.max
        names = shown.map { |row| row[1].size }.select { |size| size <= 30 }.max.to_i
        lines = shown.map { |count, klass, where| "  #{Text.number(count).rjust(numbers)}  #{klass.ljust(names)}  #{where}" }
        left.empty? ? lines : [*lines, "  #{Text.number(others).rjust(numbers)}  in #{Text.count(left.size, "more place")}"]
      end

      # Numbers of objects by class, method and place.
      def made(profile)
        profile.threads.flat_map(&:methods).each_with_object(::Hash.new(0)) do |method, table|
          method.allocations.each do |each|
            # Code of a block that we call is not the method's that called us.
            name = each.source_file == method.source_file || method.source_file.nil? ? Text.method_name(method) : "the block"
            table[[Text.shown(each.klass_name), name, Text.place(each.source_file, each.line)]] += each.count
          end
        end
      end

      def report(profile)
        path = TestRun.write_report(profile, name: example) if defined?(TestRun)
        path ? ["full report: #{path}"] : []
      end
    end
  end
end
