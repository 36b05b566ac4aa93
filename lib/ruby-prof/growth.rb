# frozen_string_literal: true

module RubyProf
  # How the number of calls grows with the size of the input. Counts are exact, so this is arithmetic on whole numbers: the
  # procedure, and what it cannot tell, is described in crates/rubyprof-core/src/growth.rs.
  #
  #   Growth.of([10, 100, 1000], [100, 10_000, 1_000_000])               # => :quadratic
  #   Growth.exceeds?(:linear, [10, 100, 1000], [21, 201, 2001])         # => false
  #
  # Growth::CLASSES are the names of the classes, in order of growth.
  module Growth
    # Counts above this are taken for it.
    MOST = (2**64) - 1

    class << self
      # The class that describes the counts best, a guess where several do.
      #
      # @param sizes [Array<Integer>] at least two, positive, increasing
      # @param counts [Array<Integer>] how many calls there were at each size
      # @return [Symbol] one of CLASSES, or :irregular if none fits (calls become fewer, or jump)
      # @raise [ArgumentError] for other sizes or counts
      def of(sizes, counts)
        class_of(checked_sizes(sizes), checked_counts(counts))
      end

      # Whether the counts grow faster than the bound, and nothing else explains them: no offset, no rounding, no chance in
      # the data. Different counts exceed :constant, even if they fall. From two sizes nothing more can be told: then they never
      # exceed another bound.
      #
      # @param bound [Symbol] one of CLASSES
      # @param sizes [Array<Integer>] as of {of}
      # @param counts [Array<Integer>] as of {of}
      # @return [Boolean]
      # @raise [ArgumentError] for another bound, and as {of}
      def exceeds?(bound, sizes, counts)
        unless CLASSES.include?(bound)
          raise ArgumentError, "unknown class of growth: #{bound.inspect}; there are #{CLASSES.map(&:inspect).join(", ")}"
        end

        faster_than?(bound, checked_sizes(sizes), checked_counts(counts))
      end

      private :class_of, :faster_than?

      private

      def checked_sizes(sizes)
        unless whole?(sizes) && sizes.all?(&:positive?) && sizes.each_cons(2).all? { |size, next_size| size < next_size }
          raise ArgumentError, "sizes must be positive Integers, each larger than the one before: #{sizes.inspect}"
        end
        raise ArgumentError, "sizes above #{MOST} cannot be used: #{sizes.inspect}" if sizes.any? { |size| size > MOST }

        sizes
      end

      def checked_counts(counts)
        unless whole?(counts) && counts.none?(&:negative?)
          raise ArgumentError, "counts must be Integers from 0 upwards, one a size: #{counts.inspect}"
        end

        counts.map { |count| [count, MOST].min }
      end

      def whole?(numbers)
        numbers.is_a?(Array) && numbers.all?(Integer)
      end
    end
  end
end
