# frozen_string_literal: true

require "ruby-prof/version"
require "ruby-prof/extension"
require "ruby-prof/error"
require "ruby-prof/vm_probe"

# An exact tracing profiler, a drop-in successor of ruby-prof.
#
#   result = RubyProf.profile { work }
#   RubyProf::FlatPrinter.new(result).print($stdout)
#   File.open("work.html", "w") { |file| RubyProf::GraphHtmlPrinter.new(result).print(file) }
#
# Times are Floats in seconds; in the measure mode ALLOCATIONS they are numbers of objects.
module RubyProf
  autoload :AbstractPrinter, "ruby-prof/printers/abstract_printer"
  autoload :CallStackPrinter, "ruby-prof/printers/call_stack_printer"
  autoload :FlameGraphPrinter, "ruby-prof/printers/flame_graph_printer"
  autoload :FlatPrinter, "ruby-prof/printers/flat_printer"
  autoload :GraphHtmlPrinter, "ruby-prof/printers/graph_html_printer"

  private_constant :VMProbe, :Report
end
