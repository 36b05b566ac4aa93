# frozen_string_literal: true

require "ruby-prof"
require "ruby-prof/cli/words"
require "ruby-prof/cli/report_words"

module RubyProf
  module CLI
    # `ruby-prof report FILE`: a report on saved profiles.
    class ReportCommand
      include ReportWords

      BANNER = <<~TEXT.chomp
        Usage: ruby-prof report [options] FILE...

        Prints a profile that was saved by --save or Profile#save. Several are added up.
      TEXT

      def initialize(words)
        @given = words
        @values = {}
        @printer_options = {}
      end

      # @return [Integer] the exit status
      def call
        words = Words.new(BANNER)
        words.heading("Options:")
        add_report_words(words, @values)
        words.word("--[no-]compensate", "Take the profiler's own time off all times,", "or show what was measured") { |yes| @printer_options[:compensate] = yes }
        words.word("--gc-nodes", "Show the garbage collector as a method", "wherever it worked") { @printer_options[:gc_nodes] = true }
        words.word("--ledger", "Add columns: running, GVL wait, blocked, GC") { @printer_options[:ledger] = true }
        words.word("--overhead", "Add the profiler's share of self times") { @printer_options[:overhead] = true }
        add_general_words(words)
        catch(:done) do
          files = words.read_all(@given)
          words.usage(OptionParser::MissingArgument.new("which file is to be printed?")) if files.empty?
          writer = report_writer(@values, files, @printer_options)
          writer.write(load_profiles(files)) ? 0 : 1
        end
      end
    end
  end
end
