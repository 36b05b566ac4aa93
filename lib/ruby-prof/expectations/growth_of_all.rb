# frozen_string_literal: true

module RubyProf
  module Expectations
    # That no method, whichever, is called more often than a class of growth allows.
    class GrowthOfAll < Expectation
      ROWS = 5

      # @param bound [Symbol] of Growth::CLASSES
      # @param sizes [Array<Integer>]
      # @param options [Options]
      def initialize(bound, sizes, options: Options.new)
        super()
        raise ArgumentError, "stable is for counts of one size: leave it out, each size is counted once" if options.stable

        @bound = GrowthWords.checked(bound)
        @sizes = Sizes.telling(@bound, sizes)
        @options = options
      end

      def description
        "grow at most #{GrowthWords.of(@bound)} for #{Sizes.list(@sizes)}#{@options}"
      end

      private

      def limit
        "at most #{GrowthWords.of(@bound)}"
      end

      def find(work)
        grown = GrownMethods.new(@bound, @sizes, edges(work))
        finding(holds: grown.all.empty?, called: grown.all.first&.counts,
                message: -> { failure(grown, work) },
                negated: "expected a method to be called more than #{limit.delete_prefix("at most ")} for #{Sizes.list(@sizes)}, but none is")
      end

      def edges(work)
        work.check(sized: true, words: @options.words)
        threads = @options.all_threads ? true : false
        return work.count_cold(@sizes, all_threads: threads).map(&:edges) if @options.cold

        work.warm_up(@sizes.first)
        work.count_each(@sizes, nil, all_threads: threads).map(&:edges)
      end

      def failure(grown, work)
        own = OwnCode.new
        causes, followers = grown.all.partition { |each| grown.cause?(each) }
        causes = followers.shift(1) if causes.empty?
        shown = causes.first(ROWS)
        all = shown.map(&:counts)
        rows = shown.flat_map { |each| lines(each, grown, own, all) }
        rows << "  and #{Text.count(causes.size - ROWS, "more method")}" if causes.size > ROWS
        ["expected each method to grow at most #{GrowthWords.of(@bound)}, but:", Sizes.row("sizes", @sizes, @sizes, all), *rows,
         *following(followers), *report(work)].join("\n")
      end

      def lines(each, grown, own, all)
        row = Sizes.row("calls", @sizes, each.counts, all)
        growth = GrowthWords.of(Growth.of(@sizes, each.counts))
        ["#{row}  #{Text.method_name(each.callee)}: #{growth}", *each.callers.first(1).map { |caller| caller_line(caller, each, grown, own) }]
      end

      def caller_line(caller, each, grown, own)
        above = own.file?(caller.file) ? nil : grown.own_code_above(caller.method, own)
        other = caller.counts == each.counts ? "" : ": #{Sizes.list(caller.counts)}"
        "    from #{Text.code(caller.method, caller.file, caller.line)}#{", below #{Text.code(*above)}" if above}#{other}"
      end

      # What grows because these do.
      def following(followers)
        return [] if followers.empty?

        names = followers.first(ROWS).map { |each| Text.method_name(each.callee, 50) }
        left = followers.size - names.size
        ["called by these as often: #{names.join(", ")}#{", and #{Text.number(left)} more" if left.positive?}"]
      end

      def report(work)
        return [] if @options.cold || !defined?(TestRun)

        profile = Profile.new(allow_exceptions: true, **(@options.all_threads ? {} : { include_threads: [::Thread.current] }))
        Work.aside { profile.profile { work.call(@sizes.last) } }
        path = TestRun.write_report(profile, name: example)
        path ? ["full report for #{Text.number(@sizes.last)}: #{path}"] : []
      rescue ::StandardError, ::ScriptError, ::SystemExit => e
        ["no report: the block was run once more for it, and raised #{Text.shown(e.class.to_s)}"]
      end
    end
  end
end
