# frozen_string_literal: true

# What was done before 1.0 to make a report shorter, with the words of that time.
require "ruby-prof"

class Shop
  def order = items.map { |item| price(item) }.sum

  def items = %w[a b c]

  def price(item) = item.ord.fdiv(100)
end

RubyProf.measure_mode = RubyProf::CPU_TIME
result = RubyProf.profile { Shop.new.order }
puts result.threads.first.methods.map(&:full_name).sort
gone = result.eliminate_methods!([/\AInteger#/, /Array#/, "String#ord"])
puts "---", gone.sort, "---"
puts result.threads.first.methods.map(&:full_name).sort

RubyProf::FlatPrinterWithLineNumbers.new(result).print(flat = +"")
puts flat[/Shop#price\s+\S*eliminate\.rb:\d+/] ? "with lines" : flat

thread = result.threads.first
puts thread.top_methods.map(&:full_name), thread.methods.select(&:root?).map(&:full_name)
price = thread.methods.find { |method| method.full_name == "Shop#price" }
puts price.aggregate_parents.map { |info| [info.parent.target.full_name, info.called].join(" ") }, price.call_infos.map(&:class).uniq
RubyProf::CallInfoVisitor.new(thread.call_tree).visit { |info, event| puts info.target.full_name if event == :enter }
