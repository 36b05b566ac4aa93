# frozen_string_literal: true

module RubyProf
  module Expectations
    # The sizes a block is run with, one after the other.
    module Sizes
      module_function

      # @param sizes [Array<Integer>]
      # @return [Array<Integer>] a frozen copy
      # @raise [ArgumentError] unless they are at least two increasing positive Integers, and at most MOST
      def checked(sizes)
        fine = ::Array === sizes && sizes.size > 1 && sizes.all? { |size| ::Integer === size && size.positive? } &&
               sizes.each_cons(2).all? { |a, b| a < b }
        raise ArgumentError, "#{"#{Text.value(sizes)}: " unless sizes.nil?}give the sizes as increasing positive Integers, at least two, such as [10, 100, 1000]" unless fine
        raise ArgumentError, "#{sizes.size} sizes are more than anybody needs to see growth: give #{MOST} at most, such as [50, 100, 200, 400]" if sizes.size > MOST

        sizes.dup.freeze
      end

      # Of words that take one list.
      #
      # @return [Array<Integer>] a frozen copy
      # @raise [ArgumentError] as {checked}, and for several arguments
      def listed(sizes, more)
        return checked(sizes) if more.empty?

        given = [sizes, *more].map { |each| Text.value(each) }.join(", ")
        raise ArgumentError, "for(#{given}): give one list, as in for([#{given}])"
      end

      # The work of telling how counts grow rises with the cube of their number.
      MOST = 100

      # Sizes at which counts could exceed the bound: an expectation that cannot fail says nothing.
      #
      # @param bound [Symbol] of Growth::CLASSES
      # @return [Array<Integer>] a frozen copy
      # @raise [ArgumentError] as {checked}, and for sizes that are too few, or too near each other
      def telling(bound, sizes)
        sizes = checked(sizes)
        return sizes if bound == :constant

        few = too_few(sizes)
        return sizes if few.nil? && STEEP.fetch(bound).any? { |counts| Growth.exceeds?(bound, sizes, sizes.map(&counts)) }

        raise ArgumentError, "#{Text.value(sizes)}: #{few ? "#{few} too little to see" : "at these sizes nothing could be seen to have"} " \
                             "more than #{GrowthWords.of(bound)} growth, so this could not fail: give sizes such as #{FAR_APART[bound]}"
      end

      def too_few(sizes)
        return "#{sizes.size} sizes are" if sizes.size < 3

        "sizes of which the largest is less than four times the smallest are" if sizes.last < 4 * sizes.first
      end

      FAR_APART = ::Hash.new("[50, 100, 200, 400]").merge!(quadratic: "[10, 20, 40, 80]", cubic: "[5, 10, 20, 40, 80]").freeze

      # What is far above each bound.
      STEEP = { logarithmic: [->(n) { n * n }], linear: [->(n) { n * n }], n_log_n: [->(n) { n**3 }], quadratic: [->(n) { n**3 }],
                cubic: [->(n) { n**5 }, ->(n) { 1 << [n, 64].min }] }.freeze

      # No more than a line has room for.
      SHOWN = 10

      def list(numbers)
        numbers = [*numbers.first(SHOWN - 1), "...", numbers.last] if numbers.size > SHOWN
        numbers.map { |number| Text.number(number) }.join(", ")
      end

      # Lines with the sizes and what belongs to each below it.
      def table(sizes, rows)
        [row("sizes", sizes, sizes, rows.values)] + rows.map { |name, numbers| row(name, sizes, numbers, rows.values) }
      end

      # One line of a table with these sizes.
      def row(name, sizes, numbers, others = [numbers])
        columns = [sizes, *others].map { |each| each.last(SHOWN) }.transpose
        widths = columns.map { |column| column.map { |number| Text.number(number).size }.max }
        "  #{name.ljust(5)}  #{numbers.last(SHOWN).zip(widths).map { |number, width| Text.number(number).rjust(width) }.join("  ")}"
      end
    end
  end
end
