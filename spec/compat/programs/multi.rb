# frozen_string_literal: true

# Several reports at once, as ruby-prof 1.x and 2.x were asked for them.
require "ruby-prof"

directory = ARGV.fetch(0)
result = RubyProf.profile { 3.times { |number| number.fdiv(2) } }
listing = lambda do |prefix|
  Dir.children(directory).select { |name| name.start_with?(prefix, "callgrind") }.map { |name| name.sub(Process.pid.to_s, "PID") }.sort
end

# 1.x, in the words of its manual.
printer = RubyProf::MultiPrinter.new(result, %i[flat graph graph_html stack tree call_tree])
printer.print(path: directory, profile: "one")
puts listing.call("one")

# With a Hash, as 1.x let printers have options.
options = { path: directory, profile: "hash", min_percent: 0 }
RubyProf::MultiPrinter.new(result, [:flat]).print(options)
puts listing.call("hash")

begin
  RubyProf::MultiPrinter.new(result).print($stdout)
rescue ArgumentError => e
  puts e.class
end

if RubyProf.const_defined?(:FlameGraphPrinter)
  # 2.x: keywords for all printers, and what each file is called.
  two = RubyProf::MultiPrinter.new(result)
  two.print(path: directory, profile: "two", min_percent: 1, sort_method: :self_time)
  puts listing.call("two")
  puts [two.flat_report, two.graph_html_report, two.stack_report, two.flame_graph_report].map { |path| File.exist?(path) }.uniq
end
