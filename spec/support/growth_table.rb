# frozen_string_literal: true

require "growth_programs"

# What RubyProf::Growth says of all programs at all their sizes.
class GrowthTable
  # A line: counts at the sizes, the class found, the bounds that are exceeded.
  Row = Struct.new(:program, :sizes, :counts, :found, :exceeded) do
    def expected = program.expected
    def right? = found == expected
    def rank = GrowthTable.growth::CLASSES.index(expected)

    # Bounds of the program's class or above that are said to be exceeded.
    def false_alarms = exceeded.select { |bound| GrowthTable.growth::CLASSES.index(bound) >= rank }

    # Whether the bound so many classes below is exceeded; nil where there is none.
    def told?(below) = rank < below ? nil : exceeded.include?(GrowthTable.growth::CLASSES[rank - below])
  end

  # It is a private constant: its own module may name it.
  def self.growth = RubyProf.module_eval("Growth", __FILE__, __LINE__)

  def rows
    @rows ||= GrowthPrograms.all.flat_map { |program| program.sizes.map { |sizes| row(program, sizes) } }
  end

  # @return [Array<Row>] of programs of the class
  def of(expected) = rows.select { |row| row.expected == expected }

  private

  def row(program, sizes)
    counts = sizes.map { |size| count(program, size) }
    growth = self.class.growth
    exceeded = growth::CLASSES.select { |bound| growth.exceeds?(bound, sizes, counts) }
    Row.new(program, sizes, counts, growth.of(sizes, counts), exceeded)
  end

  def count(program, size)
    @counts ||= {}
    @counts[[program.name, size]] ||= program.count(size)
  end
end
