# frozen_string_literal: true

module RubyProf
  class CallProfile
    # Changes as a table:
    #
    #     + Template#compile      1 -> 101  x101
    #         from Page#render    1 -> 101
    class Table # :nodoc:
      METHODS = 12
      CALLERS = 5
      WIDEST = 60
      LONGEST_NAME = 160
      LONGEST_PATH = 1000
      SIGNS = { added: "+", grown: "+", removed: "-", shrunk: "-", moved: "~" }.freeze
      COLORS = { "+" => 31, "-" => 32, "~" => 33 }.freeze
      FAINT = 2
      UNSHOWABLE = /[[:cntrl:]\p{Cf}\p{Zl}\p{Zp}]/

      # What is in a row: numbers as texts.
      Row = Struct.new(:label, :before, :after, :note, :color)

      # @return [Boolean] whether colours are wanted where an output goes to
      def self.color?(output)
        output.tty? && ENV.fetch("NO_COLOR", "").empty? && ENV["TERM"] != "dumb"
      end

      def initialize(changes, color:, limit: METHODS)
        @shown = changes.first(limit)
        @more = changes.size - @shown.size
        @color = color
      end

      # @return [String] without a newline at its end
      def to_s
        rows = @shown.flat_map { |change| rows_of(change) }
        lines = aligned(rows)
        lines << painted("  and #{Table.count(@more, "more method")}", FAINT) if @more.positive?
        lines.join("\n")
      end

      # @return [String] "1 method", "1,200 methods"
      def self.count(number, noun)
        "#{grouped(number)} #{noun}#{"s" if number != 1}"
      end

      def self.grouped(number)
        number.to_s.gsub(/(?<=\d)(?=(?:\d{3})+\z)/, ",")
      end

      # A name that stays in its line and leaves the terminal as it is.
      def self.shown(name, longest = LONGEST_NAME)
        name = "#{name[0, longest]}..." if name.length > longest
        name.match?(UNSHOWABLE) ? name.gsub(UNSHOWABLE) { |char| char.dump[1..-2] } : name
      end

      # A method's name as people say it.
      def self.method_name(full_name)
        shown(Names.spoken(full_name))
      end

      def self.note(change)
        case change.kind
        when :added then "new"
        when :removed then "gone"
        when :moved then "other callers"
        else change.percent >= 100 ? times(change.after / change.before.to_f) : percent(change.percent)
        end
      end

      # From the double on: x2, x6.7, x1,000.
      def self.times(factor)
        factor >= 10 ? "x#{grouped(factor.round)}" : "x#{format("%.1f", factor).delete_suffix(".0")}"
      end

      def self.percent(number)
        text = format(number.abs >= 10 ? "%+.0f" : "%+.1f", number).delete_suffix(".0")
        # What is there is not nothing.
        text.match?(/[1-9]/) ? "#{text}%" : "#{text[0]}0.1%".sub(/\A(.)/, '\1<')
      end

      private

      def rows_of(change)
        sign = SIGNS.fetch(change.kind)
        callers = change.callers.first(CALLERS)
        rows = [row("  #{sign} #{Table.method_name(change.name)}", change, Table.note(change), COLORS.fetch(sign))]
        rows += callers.map { |caller| row("      from #{Table.method_name(caller.name)}", caller, "", FAINT) }
        more = change.callers.size - callers.size
        rows << Row.new("      and #{Table.count(more, "more caller")}", nil, nil, "", FAINT) if more.positive?
        rows
      end

      def row(label, change, note, color)
        Row.new(label, Table.grouped(change.before), Table.grouped(change.after), note, color)
      end

      def aligned(rows)
        numbers = rows.select(&:before)
        label = [rows.map { |row| row.label.length }.max.to_i, WIDEST].min
        before = numbers.map { |row| row.before.length }.max.to_i
        after = numbers.map { |row| row.after.length }.max.to_i
        rows.map do |row|
          next painted(row.label, row.color) unless row.before

          line = "#{row.label.ljust(label)}  #{row.before.rjust(before)} -> #{row.after.rjust(after)}  #{row.note}"
          painted(line.rstrip, row.color)
        end
      end

      # A framework may have set a colour of its own for the text around.
      def painted(line, color)
        @color ? "\e[0m\e[#{color}m#{line}\e[0m" : line
      end
    end
    private_constant :Table
  end
end
