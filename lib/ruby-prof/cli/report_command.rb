# frozen_string_literal: true

require "ruby-prof"
require "ruby-prof/cli/words"
require "ruby-prof/cli/report_words"
require "ruby-prof/cli/pattern_words"

module RubyProf
  module CLI
    # `ruby-prof report FILE`: a report on saved profiles.
    class ReportCommand
      include ReportWords
      include PatternWords

      BANNER = <<~TEXT.chomp
        Usage: ruby-prof report [options] FILE...

        Prints a profile that was saved by --save or Profile#save. Several are added up.
      TEXT

      def initialize(words)
        @given = words
        @values = {}
      end

      # @return [Integer] the exit status
      def call
        words = make_words
        catch(:done) do
          files = words.read_all(@given)
          words.usage(OptionParser::MissingArgument.new("which file is to be printed?")) if files.empty?
          # What a recording leaves out, a report does.
          writer = report_writer(@values, files) { |options| left_out(options) }
          profile = load_profiles(files)
          @values.values_at(:only, :exclude).compact.each { |text| tell_unmatched(profile, text) }
          writer.write(profile) ? 0 : 1
        end
      rescue ArgumentError => e # A gem that is not here.
        raise Failure, e.message
      end

      private

      def make_words
        words = Words.new(BANNER)
        words.heading("Options:")
        add_report_words(words, @values)
        add_pattern_words(words, @values)
        words.word("--max-depth=COUNT", "Leave out calls that are deeper") { |text| add_bound(words, @values, :max_depth, text) }
        add_general_words(words)
        words.separator("")
        words.separator(PATTERNS)
        words
      end
    end
  end
end
