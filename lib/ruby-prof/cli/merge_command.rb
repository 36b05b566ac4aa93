# frozen_string_literal: true

require "ruby-prof"
require "ruby-prof/cli/words"
require "ruby-prof/cli/report_words"

module RubyProf
  module CLI
    # `ruby-prof merge FILES -f OUT`: saved profiles of several processes as one.
    class MergeCommand
      include ReportWords

      BANNER = <<~TEXT.chomp
        Usage: ruby-prof merge FILE... -f FILE

        Adds up saved profiles, of several processes for example, into one file.
      TEXT

      def initialize(words)
        @given = words
      end

      # @return [Integer] the exit status
      def call
        output = nil
        words = Words.new(BANNER)
        words.heading("Options:")
        words.word("-f", "--file=FILE", "Where to save the sum; it may be one", "of the others") { |path| output = path }
        add_general_words(words)
        catch(:done) do
          files = words.read_all(@given)
          words.usage(OptionParser::MissingArgument.new("which files are to be merged?")) if files.empty?
          words.usage(OptionParser::MissingArgument.new("-f FILE, where to save the sum")) if output.nil?
          merge(files, output)
          0
        end
      end

      private

      def merge(files, output)
        ReportWriter.check_file(File.expand_path(output))
        RubyProf.merge(files).save(output)
      rescue Error, SystemCallError, ArgumentError => e # ~nobody, profiles that measure different things
        raise Failure, e.message
      end
    end
  end
end
