# frozen_string_literal: true

require "ruby-prof"
require "ruby-prof/cli/words"
require "ruby-prof/cli/report_words"
require "ruby-prof/cli/pattern_words"
require "ruby-prof/cli/removed_words"
require "ruby-prof/cli/launch"

module RubyProf
  module CLI
    # `ruby-prof script.rb`, `ruby-prof -e CODE` and `ruby-prof -- COMMAND`: runs a program and profiles it.
    class RunCommand
      include ReportWords
      include PatternWords
      include RemovedWords

      BANNER = <<~TEXT.chomp
        Usage: ruby-prof [options] SCRIPT [arguments]
               ruby-prof [options] -e CODE [arguments]
               ruby-prof [options] -- COMMAND [arguments]
               ruby-prof report [options] FILE...
               ruby-prof merge FILE... -f FILE
               ruby-prof check --baseline FILE CURRENT...

        Runs a Ruby program, counts and times each call, and prints a report when it
        ends. The program notices nothing: its arguments, input, output, errors and
        exit status are its own.
      TEXT

      EXAMPLES = <<~TEXT.chomp

        Examples:
          ruby-prof -p graph_html -f work.html work.rb --its-own option
          ruby-prof --only app -f specs.txt -- bundle exec rspec spec/models
          ruby-prof --save a.rbprof work.rb && ruby-prof report a.rbprof -p graph

        #{PATTERNS}
      TEXT

      def initialize(words)
        @given = words
        @values = {}
        @ruby_options = []
      end

      # @return [Integer] the exit status, if there is nothing to run
      def call
        words = make_words
        catch(:done) do
          rest = words.read(@given)
          launch = Launch.new(@values, ruby_options: @ruby_options)
          if @code
            launch.code(@code, rest)
          elsif rest.empty?
            words.too_few("there is nothing to run")
          elsif after_dashes?(rest)
            launch.command(rest)
          else
            rest.delete_at(1) if rest[1] == "--"
            launch.script(rest.first, rest.drop(1))
          end
        end
      end

      private

      # OptionParser does not tell whether it met `--`.
      def after_dashes?(rest)
        @given[-rest.length - 1] == "--"
      end

      def make_words
        words = Words.new(BANNER)
        words.heading("Report:")
        add_report_words(words, @values)
        add_save(words)
        words.heading("What is measured:")
        add_measuring(words)
        words.heading("The program:")
        add_program(words)
        words.heading("Other:")
        add_general_words(words)
        add_removed(words, @values)
        words.separator(EXAMPLES)
        words
      end

      def add_save(words)
        words.word("--save=FILE", "Save the profile for `ruby-prof report`;", "alone, it replaces the report") do |path|
          @values[:save] = path
        end
      end

      def add_measuring(words)
        modes = "wall, process, allocations, memory"
        words.word("--mode=MODE", "wall (the default), process, allocations", "or memory") do |name|
          @values[:measure_mode] = words.checked(name, modes) { %w[wall process allocations memory].include?(name) && name }
        end
        words.word("--track_allocations", "Count objects by method, line and class") { @values[:track_allocations] = "1" }
        words.word("--[no-]c-calls", "Record methods written in C (default)") { |yes| @values[:c_calls] = yes ? "1" : "0" }
        words.word("--[no-]operators", "Count + < [] << == and the like as calls") { |yes| @values[:operators] = yes ? "1" : "0" }
        words.word("--blocks", "Record blocks as callees of their own") { @values[:blocks] = "1" }
        words.word("--latency", "Record how long single calls take") { @values[:latency] = "1" }
        words.word("--max-nodes=COUNT", "Keep so many call paths; fold the others") { |text| add_bound(words, @values, :max_nodes, text) }
        words.word("--max-depth=COUNT", "Keep paths of so many calls; fold the others") { |text| add_bound(words, @values, :max_depth, text) }
        words.word("--budget=SHARE", "Stop timing tiny calls once the profiler", "takes more of the time (0 to 1)") do |text|
          @values[:budget] = words.checked(text, "a number from 0 to 1") { Float(text, exception: false)&.between?(0, 1) && text }
        end
        add_pattern_words(words, @values)
        words.word("--on-fork=WHAT", "Forked processes: separate reports (the", "default), merge into one, or off") do |what|
          @values[:on_fork] = words.checked(what, Auto::Settings::ON_FORK.join(", ")) { Auto::Settings::ON_FORK.include?(what) && what }
        end
      end

      def add_program(words)
        words.word("-e CODE", "Run this instead of a script; repeatable") { |code| @code = [@code, code].compact.join("\n") }
        words.word("-R", "--require-noprof=LIBRARY", "Load it before, unprofiled; repeatable") { |name| add_line(@values, :require, name) }
        words.word("-E", "--eval-noprof=CODE", "Run it before, unprofiled; repeatable") { |code| add_line(@values, :eval, code) }
        words.word("--ruby=OPTION", "For the script's Ruby, such as --ruby=-w;", "repeatable") { |option| @ruby_options << option }
        words.word("--allow_exceptions", "Accepted for old scripts: exceptions", "always end the program as usual") { nil }
      end
    end
  end
end
