# frozen_string_literal: true

require "optparse"
require "ruby-prof/cli"

module RubyProf
  module CLI
    # An OptionParser whose help fits into 80 columns, with the options that several commands have.
    class Words < OptionParser
      # Where the descriptions of options begin.
      COLUMN = 33

      def initialize(banner)
        super()
        self.banner = banner
        self.summary_width = COLUMN - 3
        self.summary_indent = "  "
      end

      # Everything up to the first word that is no option.
      #
      # @raise [UsageError]
      def read(words)
        order(words)
      rescue OptionParser::ParseError => e
        usage(e)
      end

      # The same, where options and other words may be mixed.
      def read_all(words)
        permute(words)
      rescue OptionParser::ParseError => e
        usage(e)
      end

      # As a user's mistake, with this help.
      def usage(error = nil)
        raise UsageError, help, cause: error
      end

      def heading(text)
        separator ""
        separator text
      end

      # One option and its description, a String a line.
      def word(*switches, &block)
        on(*switches, &block)
      end

      # An option that is understood, but not shown.
      def hidden(*switches, &block)
        on(*switches, &block)
        top.list.pop
      end

      # A value that the block must accept: a message with what it could be, if not.
      def checked(text, wanted)
        yield(text) || refuse(text, "it can be #{wanted}")
      end

      # OptionParser puts the option's own text behind the reason.
      def refuse(text, reason)
        error = OptionParser::InvalidArgument.new(text)
        error.reason = "invalid argument (#{reason})"
        raise error
      end
    end
  end
end
