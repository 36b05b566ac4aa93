# frozen_string_literal: true

require "ruby-prof"
require "ruby-prof/call_profile"
require "ruby-prof/call_profile/golden_file"
require "ruby-prof/call_profile/unmatched"
require "ruby-prof/counting"
require "ruby-prof/expectations/verdict"
require "ruby-prof/expectations/text"
require "ruby-prof/expectations/sizes"

module RubyProf
  module Expectations
    # That a block makes the calls which a file says.
    #
    # Without a file, or with RUBY_PROF_UPDATE=1, the file is written, if three runs made the same calls.
    class CallProfileExpectation
      # How often a block runs before a file is written.
      RUNS = 3
      UNSTABLE_SHOWN = 10
      TESTS_SHOWN = 3
      # Parts of call profiles that nobody else needs.
      READER = CallProfile.const_get(:Reader)
      SCOPE = CallProfile.const_get(:Scope)
      PLACE = CallProfile.const_get(:Place)
      TABLE = CallProfile.const_get(:Table)
      TOLERANCE = CallProfile.const_get(:Tolerance)
      UNMATCHED = CallProfile.const_get(:Unmatched)
      NAMES = CallProfile.const_get(:Names)
      GOLDEN_FILE = CallProfile.const_get(:GoldenFile)
      private_constant :READER, :SCOPE, :PLACE, :TABLE, :TOLERANCE, :UNMATCHED, :NAMES, :GOLDEN_FILE

      # @param name [String, Symbol] of the file, without ".json"
      # @param directory [String] of the files
      # @param including [Array] patterns of methods elsewhere, to be taken as well
      # @param ignore [Array] patterns of methods to be left out
      # @param within [String, Integer, Hash, nil] what is no difference: see CallProfile#difference
      # @param cold [Boolean] without a run before, which is not counted
      # @param all_threads [Boolean] with the calls of other threads
      # @param color [Boolean, nil] nil: if stdout is a terminal
      # @raise [ArgumentError, TypeError] for what cannot be used
      def initialize(name, directory: "spec/call_profiles", including: [], ignore: [], within: nil, cold: false, all_threads: false, color: nil)
        @file = GOLDEN_FILE.new(name, directory)
        @options = { including: including, ignore: ignore }
        @within = within
        @cold = cold
        @all_threads = all_threads
        @color = color
        check_options
      end

      # @return [String] the file's path
      def path
        @file.path
      end

      # @param block [Proc] what an exception of is, is the caller's; it runs several times
      # @param negated [Boolean] whether the calls should be others: then no file is written
      # @return [Verdict]
      # @raise [RubyProf::FormatError] for a file that is damaged, or cannot be read
      # @raise [RubyProf::OutputError] if it cannot be written
      # @raise [ArgumentError] for a pattern that names a class or method that the program does not have
      def check(block, negated: false)
        return differing(block) if negated
        return record(block) if GOLDEN_FILE.update? || (!@file.exist? && !GOLDEN_FILE.ci?)
        return Verdict.new(false, missing_in_ci) unless @file.exist?

        compare(@file.read, block)
      end

      private

      def check_options
        TOLERANCE.new(@within)
        new_scope
      end

      def run(block)
        counts = Counting.run(nil, all_threads: @all_threads, &block)
        check_patterns(counts.edges)
        scope = new_scope
        profile = READER.of_edges(counts.edges, scope)
        @tests = scope.tests
        profile
      end

      # Once the block ran: it may load what patterns name.
      def check_patterns(edges)
        return if @patterns_checked

        lists = @options.transform_values { |patterns| SCOPE.list(patterns) }
        lists[:within] = @within.keys if ::Hash === @within
        UNMATCHED.check(lists, edges.flat_map { |edge| [edge.callee, edge.caller] }.uniq)
        @patterns_checked = true
      end

      def new_scope
        SCOPE.new(only: [:app], **@options)
      end

      def warm_up(block)
        block.call unless @cold
      end

      def differing(block)
        return Verdict.new(false, "there is no call profile #{@file}, so nothing can differ from it") unless @file.exist?

        before = @file.read
        warm_up(block)
        return Verdict.new(true, nil) unless run(block).difference(before, within: @within).empty?

        Verdict.new(false, "expected the block's calls to differ from #{@file}, but they are the same")
      end

      def compare(before, block)
        warm_up(block)
        profile = run(block)
        difference = profile.difference(before, within: @within)
        return Verdict.new(true, nil) if difference.empty?

        written = written_here(profile)
        Verdict.new(false, [*difference_text(difference), *unstable_text(profile, block), *(written || advice)].join("\n"))
      end

      def difference_text(difference)
        number = difference.changes.size
        what = number == 1 ? "1 method differs" : "#{number} methods differ"
        ["expected the calls of #{@file}, but #{what} (then -> now):", "",
         difference.to_s(color: @color.nil? ? color? : @color), ""]
      end

      def color?
        TABLE.color?($stdout)
      end

      def advice
        "If this is meant, write the file anew: RUBY_PROF_UPDATE=1"
      end

      # A count that changes by itself is worth more than any other hint. What ran cold cannot run so again.
      def unstable_text(profile, block)
        return if @cold

        unstable = unstable(profile, run(block), run(block))
        ["These differ from run to run of the block, and cannot be relied on:", *unstable, ""] if unstable.any?
      end

      def written_here(profile)
        place = other_place(profile)
        "The file was written in this run by #{place}: give each example a name of its own" if place
      end

      # A line may be that of several examples: a loop, a shared example.
      def other_place(profile)
        place = @file.other_writer(profile)
        place == test_place ? "the same line" : place
      end

      def record(block)
        warm_up(block)
        profiles = Array.new(RUNS) { run(block) }
        # The first cold run is another than all later ones.
        unstable = unstable(*(@cold ? profiles.drop(1) : profiles))
        return Verdict.new(false, unstable_message(unstable)) if unstable.any?

        keep(profiles.first)
      end

      def keep(profile)
        return Verdict.new(false, empty_message) if profile.empty?

        place = other_place(profile)
        return Verdict.new(false, "two tests want to write #{@file} with different calls; the other is #{place}: give each a name of its own") if place

        return Verdict.new(true, nil) unless @file.write(profile, test_place)

        message = "wrote #{@file}: #{Text.count(profile.names.size, "method")}, #{Text.count(profile.called, "call")}. Commit it"
        # The dots of a test run are in the line.
        $stderr.puts "\nruby-prof: #{message}"
        Verdict.new(true, message)
      end

      # @return [Array<String>] a line for each method that is called another number of times, or by others
      def unstable(*profiles)
        differences = profiles.combination(2).map { |one, other| other.difference(one, within: @within) }
        lines = differences.flat_map { |each| each.changes.map(&:name) }.uniq.sort.map do |name|
          counts = profiles.map { |each| each.called(name) }
          "  #{TABLE.method_name(name)} #{Sizes.list(counts)}#{" (by different callers)" if counts.uniq.size == 1}"
        end
        lines.size > UNSTABLE_SHOWN ? [*lines.first(UNSTABLE_SHOWN), "  and #{lines.size - UNSTABLE_SHOWN} more"] : lines
      end

      def unstable_message(lines)
        ["the block is not deterministic, so #{@file} was not written. Calls in #{@cold ? "the second and third run" : "three runs"}:",
         *lines, "Make it so (seeds, clocks, caches, other threads), or leave methods out: ignore: [\"Foo#bar\"]"].join("\n")
      end

      def empty_message
        tests = @tests.uniq.sort
        here = "the block called no method of your own code, so #{@file} was not written."
        return "#{here} Methods elsewhere can be taken: including: [\"JSON.*\"]" if tests.empty?

        named = tests.first(TESTS_SHOWN).map { |name| TABLE.method_name(name) }
        more = " and #{TABLE.grouped(tests.size - TESTS_SHOWN)} more" if tests.size > TESTS_SHOWN
        "#{here} It called methods of the tests themselves: #{named.join(", ")}#{more}. Take them with #{including(tests)}"
      end

      # The methods, or their classes.
      def including(tests)
        names = tests.size > TESTS_SHOWN ? tests.map { |name| NAMES.facts(name)[1] }.uniq : tests.map { |name| NAMES.spoken(name) }
        patterns = names.first(TESTS_SHOWN).map { |name| TABLE.shown(name).inspect }
        return "including: #{patterns.size == 1 ? patterns.first : "[#{patterns.join(", ")}]"}" if names.size <= TESTS_SHOWN

        "including: [#{patterns.join(", ")}] and #{TABLE.count(names.size - TESTS_SHOWN, "more class").sub(/classs\z/, "classes")}"
      end

      def missing_in_ci
        "there is no call profile #{@file}, and in CI (CI=#{ENV["CI"]}) none is written: run this test on your machine, " \
          "which writes the file, and commit it"
      end

      # The line of the test, for a person.
      def test_place
        places = PLACE.new
        place = caller_locations.find { |each| each.absolute_path && places.test?(each.absolute_path) }
        place ? "#{place.absolute_path.delete_prefix(File.join(Dir.pwd, ""))}:#{place.lineno}" : "another test"
      end
    end
  end

  HIDDEN.push(Expectations, Expectations::CallProfileExpectation, Expectations::Verdict)
end
