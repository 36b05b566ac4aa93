# frozen_string_literal: true

module Bench
  # Rows of cells as aligned text. The first column is flush left, the others flush right.
  class Table
    RULE = :rule

    def initialize(*header)
      @rows = [header, RULE]
    end

    def <<(row)
      @rows << row.map { |cell| cell.nil? ? "-" : cell.to_s }
      self
    end

    def rule
      @rows << RULE
      self
    end

    def to_s
      widths = cells.transpose.map { |column| column.map(&:length).max }
      @rows.map { |row| line(row, widths) }.join("\n")
    end

    private

    def cells
      @rows.reject { |row| row == RULE }
    end

    def line(row, widths)
      return "-" * (widths.sum + (2 * (widths.size - 1))) if row == RULE

      first, *others = row.zip(widths)
      [first[0].ljust(first[1]), *others.map { |text, width| text.rjust(width) }].join("  ").rstrip
    end
  end
end
