# frozen_string_literal: true

# Calls of one fiber: how often each method was called, and by which.
#
# Methods go by [class name, class flags, method name], as RubyProf::MethodInfo has them. Two classes
# may have one name: counts are lists, one number for each of them.
class CallTable
  # Whoever calls the outermost methods.
  ROOT = :root

  attr_reader :counts, :edges

  def initialize
    @counts = Hash.new { |hash, name| hash[name] = [] }
    @edges = Hash.new(0)
  end

  # A method's name here. Every run makes anonymous classes anew, so their addresses say nothing.
  def self.name(class_name, flags, method_name)
    [class_name.gsub(/0x\h+/, "0x..."), flags, method_name]
  end

  def add_method(name, called)
    counts[name] = (counts[name] + [called]).sort
  end

  def add_edge(caller, callee, called)
    edges[[caller, callee]] += called
  end

  def empty?
    counts.empty?
  end

  # What `other` has more, less or otherwise; empty if nothing.
  def differences(other)
    compare("calls of", counts, other.counts) + compare("calls by and of", edges, other.edges)
  end

  # A copy without the one call of `root` that stands for the code that was running already.
  def without_stand_in(root)
    table = CallTable.new
    counts.each do |name, numbers|
      numbers = numbers.dup
      numbers.delete_at(numbers.index(1) || numbers.size) if name == root
      numbers.each { |called| table.add_method(name, called) }
    end
    edges.each do |(caller, callee), called|
      next if callee == root

      table.add_edge(caller == root ? ROOT : caller, callee, called)
    end
    table
  end

  # A copy without methods of those names, unless they call others.
  def without_leaves(names)
    leaves = names - edges.keys.map(&:first)
    table = CallTable.new
    counts.each { |name, numbers| numbers.each { |called| table.add_method(name, called) } unless leaves.include?(name) }
    edges.each { |(caller, callee), called| table.add_edge(caller, callee, called) unless leaves.include?(callee) }
    table
  end

  private

  def compare(what, expected, found)
    names = (expected.keys | found.keys).select { |name| expected.key?(name) != found.key?(name) || expected[name] != found[name] }
    names.map do |name|
      "#{what} #{name.inspect}: expected #{expected.fetch(name, "none")}, found #{found.fetch(name, "none")}"
    end
  end
end
