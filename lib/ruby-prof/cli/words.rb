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
        texts(order(searchable(words)))
      rescue OptionParser::ParseError => e
        usage(e)
      end

      # The same, where options and other words may be mixed.
      def read_all(words)
        texts(permute(searchable(words)))
      rescue OptionParser::ParseError => e
        usage(e)
      end

      # As a user's mistake.
      #
      # @param error [OptionParser::ParseError]
      def usage(error)
        message, *meant = error.message.scrub("?").split(/\nDid you mean\?\s*|\n\s+/)
        message = message.to_s.gsub(/[[:cntrl:]]/) { |char| char.dump[1..-2] }
        raise UsageError, "#{message}#{" (did you mean #{meant.map { |name| switch(name) }.join(" or ")}?)" if meant.any?}", cause: error
      end

      # As the mistake of somebody who gave no word that is needed: what is called how.
      def too_few(message)
        raise UsageError, "#{message}\n#{banner[/\AUsage:.*?(?=\n\n|\z)/m]}"
      end

      def heading(text)
        separator ""
        separator text
      end

      # One option and its description, a String a line.
      def word(*switches)
        on(*switches) { |value| yield text(value) }
      end

      # An option that is understood, but not shown.
      def hidden(*switches)
        on(*switches) { |value| yield text(value) }
        top.list.pop
      end

      # A value that the block must accept: a message with what it could be, if not.
      def checked(text, wanted)
        yield(text) || refuse(text, "it can be #{wanted}")
      end

      # OptionParser puts the option's own text behind the reason.
      def refuse(text, reason)
        error = OptionParser::InvalidArgument.new(text.scrub("?"))
        error.reason = "invalid argument (#{reason})"
        raise error
      end

      private

      # OptionParser's spelling has no dashes.
      def switch(name)
        name.length == 1 ? "-#{name}" : "--#{name}"
      end

      # OptionParser's regular expressions raise for bytes that are no text, which names of files may have.
      def searchable(words)
        words.map { |word| word.valid_encoding? ? word : word.b }
      end

      def texts(words)
        words.map { |word| text(word) }
      end

      # As it came.
      def text(word)
        return word unless word.is_a?(String) && word.encoding == Encoding::BINARY

        word.dup.force_encoding(Encoding.find("locale"))
      end
    end
  end
end
