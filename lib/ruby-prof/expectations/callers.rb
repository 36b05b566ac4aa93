# frozen_string_literal: true

module RubyProf
  module Expectations
    # Who made the calls: a line each, those that made most first.
    class Callers
      ROWS = 8

      Row = ::Struct.new(:called, :method, :file, :line, :through)

      # By what was counted: the method that calls, and where.
      #
      # @param edges [Array<Counting::Edge>]
      def self.of_edges(edges)
        groups = edges.group_by { |edge| [edge.caller, edge.file, edge.line] }
        new(groups.map { |(method, file, line), of_one| Row.new(of_one.sum(&:called), method, file, line) })
      end

      # By the nearest own code on the stack: not where a library calls, but what made it do so.
      #
      # @param stacks [Array<Array(Integer, Array<Frame>)>] of callers, innermost first
      def self.of_stacks(stacks, own)
        table = ::Hash.new { |hash, key| hash[key] = [0, []] }
        stacks.each do |called, frames|
          nearest = frames.find { |frame| own.file?(frame.file) } || frames.first
          next unless nearest

          entry = table[[nearest.method, nearest.file, nearest.line]]
          entry[0] += called
          entry[1] << frames.first.method unless frames.first.equal?(nearest)
        end
        new(table.map { |(method, file, line), (called, through)| Row.new(called, method, file, line, through(through)) })
      end

      def self.through(methods)
        methods = methods.uniq
        return nil if methods.empty?

        "through #{Text.method_name(methods.first)}#{" and #{methods.size - 1} more" if methods.size > 1}"
      end
      private_class_method :through

      def initialize(rows)
        @rows = rows.sort_by { |row| [-row.called, row.method.full_name, row.file.to_s, row.line.to_i] }
      end

      # @return [Array<String>]
      def lines
        # One line that says "1 more place" could as well be that place.
        shown = @rows.size == ROWS + 1 ? @rows : @rows.first(ROWS)
        left = @rows.drop(shown.size)
        width = [*shown.map(&:called), left.sum(&:called)].map { |called| Text.number(called).size }.max
        # A long name stands out, and the others do not have to.
        names = shown.select(&:file).map { |row| Text.method_name(row.method).size }.select { |size| size <= 40 }.max.to_i
        lines = shown.map { |row| "  #{Text.number(row.called).rjust(width)}  from #{Text.code(row.method, row.file, row.line, names)}#{"  (#{row.through})" if row.through}" }
        left.empty? ? lines : [*lines, "  #{Text.number(left.sum(&:called)).rjust(width)}  from #{Text.number(left.size)} more places"]
      end
    end
  end
end
