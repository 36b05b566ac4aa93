# frozen_string_literal: true

module RubyProf
  module TestRun
    # Words that people choose, in one line and of a bearable length; and numbers for people.
    module Text
      # A description longer than this is cut.
      LONGEST = 2000

      module_function

      # @return [String] UTF-8, what is no text replaced, not longer than `longest` characters
      def clean(text, longest: LONGEST)
        text = text.to_s
        text = text.byteslice(0, longest * 4) if text.bytesize > longest * 4
        text = utf8(text)
        text.length > longest ? "#{text[0, longest - 1]}…" : text
      end

      # The same in one visible line.
      def line(text, longest: 80)
        shown = clean(text, longest: [longest * 4, LONGEST].max).gsub(/\s+/, " ").gsub(/[[:cntrl:]\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/, "?").strip
        shown.length > longest ? "#{shown[0, longest - 1]}…" : shown
      end

      def utf8(text)
        return text.encode(Encoding::UTF_8, invalid: :replace, undef: :replace) unless [Encoding::UTF_8, Encoding::BINARY, Encoding::US_ASCII].include?(text.encoding)

        text.dup.force_encoding(Encoding::UTF_8).scrub("\u{fffd}")
      end

      def thousands(number)
        number.to_s.gsub(/(?<=\d)(?=(\d{3})+\z)/, ",")
      end

      def seconds(number)
        return "-" unless number
        return format("%.1f s", number) if number >= 100
        return format("%.2f s", number) if number >= 1

        return format("%.1f ms", number * 1000) if number >= 0.001

        "#{(number * 1_000_000).round} µs"
      end

      def count(number, noun)
        "#{thousands(number)} #{noun}#{"s" unless number == 1}"
      end
    end
  end
end
