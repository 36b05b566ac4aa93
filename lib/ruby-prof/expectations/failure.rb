# frozen_string_literal: true

module RubyProf
  module Expectations
    # What is said of calls that are not as expected: who made them, where, how often. To know more than the counts the
    # block is run once more, under a whole profile, unless it is cold.
    class Failure
      # @param headline [String] expected and got
      # @param work [Work]
      # @param calls [SelectedCalls]
      # @param name [String] for the report
      def initialize(headline, work, calls, name:)
        @headline = headline
        @work = work
        @calls = calls
        @name = name
        @own = OwnCode.new
      end

      # @param edges [Array<Counting::Edge>] all that was counted, from all callers
      # @param fan_out [Boolean] whether there were too many
      # @param few [Boolean] whether there were too few
      # @param size [Integer, nil] the size that was counted
      def text(edges, fan_out: false, few: false, size: nil)
        @edges = edges
        chosen = @calls.from(edges)
        look_closer(size, @calls.all_threads? || few)
        lines = [@headline, *methods(chosen), *callers(chosen), *others(edges - chosen), *elsewhere(chosen)]
        lines.concat(FanOut.new(@analysis, @own).lines) if fan_out && @analysis && same?(edges) && chosen.size == edges.size
        [*lines, *@note, *report].join("\n")
      end

      private

      def look_closer(size, all_threads)
        return if @calls.cold?

        @analysis = Work.aside { Counting.analyse(@calls.selection, all_threads: all_threads) { @work.call(size) } }
        note_difference
      rescue ::StandardError, ::ScriptError, ::SystemExit => e
        @note = "to look closer the block was run once more, and raised #{Text.value(e)[/\S+\z/]}#{said(e)}"
      end

      def said(error)
        ": #{Text.shown(error.message, 100)}"
      rescue ::StandardError
        ""
      end

      def note_difference
        again = @analysis.counts.called - on_other_threads
        called = @edges.sum(&:called)
        return if again == called

        @note = "the block is not deterministic: to look closer it was run once more, and made #{Text.count(again, "call")} " \
                "instead of #{Text.number(called)}. See #{@calls.words.stable}"
      end

      def same?(edges)
        @analysis && @analysis.counts.edges.sum(&:called) == edges.sum(&:called)
      end

      # Which they are, where a pattern means several.
      def methods(edges)
        counts = edges.group_by(&:callee).transform_values { |each| each.sum(&:called) }.sort_by { |method, called| [-called, method.full_name] }
        return [] if counts.size < 2

        names = counts.first(4).map { |method, called| "#{Text.method_name(method, 60)} #{Text.number(called)}" }
        left = counts.size - names.size
        ["  #{names.join(", ")}#{", and #{Text.count(left, "method")} more" if left.positive?}"]
      end

      def callers(edges)
        return [] if edges.empty?
        return Callers.of_edges(edges).lines unless same?(@edges)

        stacks = @analysis.stacks.select { |_, frames| frames.empty? || @calls.from?(frames.first.method) }
        return Callers.of_edges(edges).lines unless stacks.sum(&:first) == edges.sum(&:called)

        Callers.of_stacks(stacks, @own).lines
      end

      # How many of the selected calls of the run that explains were on threads whose calls are not asked for.
      def on_other_threads
        return 0 if @calls.all_threads?

        @on_other_threads ||= begin
          names = @analysis.counts.edges.to_h { |edge| [edge.callee.full_name, true] }
          here = ::Thread.current.object_id
          threads = @analysis.profile.threads.reject { |thread| thread.id == here }
          threads.sum { |thread| thread.methods.sum { |method| names.key?(method.full_name) ? method.called : 0 } }
        end
      end

      # Calls that are missing may have been made, by a thread of the block's.
      def elsewhere(chosen)
        return [] if @analysis.nil? || @note || on_other_threads.zero?

        more = @calls.from(@analysis.counts.edges).sum(&:called) - chosen.sum(&:called)
        more.positive? ? ["#{Text.number(more)} more on other threads: #{@calls.words.all_threads}"] : []
      end

      # Asked for calls from one caller it helps to see who else made them.
      def others(edges)
        return [] if edges.empty?

        ["#{Text.count(edges.sum(&:called), "call")} from elsewhere:", *Callers.of_edges(edges).lines.first(3)]
      end

      def report
        return [] unless @analysis && defined?(TestRun)

        path = TestRun.write_report(@analysis.profile, name: @name)
        path ? ["full report: #{path}"] : []
      end
    end
  end
end
