# frozen_string_literal: true

module RubyProf
  module Expectations
    # The sizes a block is run with, one after the other.
    module Sizes
      module_function

      # @param sizes [Array<Integer>]
      # @return [Array<Integer>] a frozen copy
      # @raise [ArgumentError] unless they are at least two increasing positive Integers
      def checked(sizes)
        fine = ::Array === sizes && sizes.size > 1 && sizes.all? { |size| ::Integer === size && size.positive? } &&
               sizes.each_cons(2).all? { |a, b| a < b }
        return sizes.dup.freeze if fine

        raise ArgumentError, "#{Text.value(sizes)}: give the sizes as increasing positive Integers, at least two, such as [10, 100, 1000]"
      end

      # No more than a line has room for.
      SHOWN = 10

      def list(numbers)
        numbers = [*numbers.first(SHOWN - 1), "...", numbers.last] if numbers.size > SHOWN
        numbers.join(", ")
      end

      # Lines with the sizes and what belongs to each below it.
      def table(sizes, rows)
        [row("sizes", sizes, sizes, rows.values)] + rows.map { |name, numbers| row(name, sizes, numbers, rows.values) }
      end

      # One line of a table with these sizes.
      def row(name, sizes, numbers, others = [numbers])
        columns = [sizes, *others].map { |each| each.last(SHOWN) }.transpose
        widths = columns.map { |column| column.map { |number| number.to_s.size }.max }
        "  #{name.ljust(5)}  #{numbers.last(SHOWN).zip(widths).map { |number, width| number.to_s.rjust(width) }.join("  ")}"
      end
    end
  end
end
