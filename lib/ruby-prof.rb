# frozen_string_literal: true

require "ruby-prof/version"
require "ruby-prof/extension"
require "ruby-prof/error"
require "ruby-prof/profile"
require "ruby-prof/files"
require "ruby-prof/growth"
require "ruby-prof/legacy"
require "ruby-prof/vm_probe"
require "ruby-prof/measure_modes"

# An exact tracing profiler, a drop-in successor of ruby-prof.
#
#   result = RubyProf.profile { work }
#   RubyProf::FlatPrinter.new(result).print($stdout)
#   File.open("work.html", "w") { |file| RubyProf::GraphHtmlPrinter.new(result).print(file) }
#
# Times are Floats in seconds; in the measure mode ALLOCATIONS they are numbers of objects.
module RubyProf
  autoload :AbstractPrinter, "ruby-prof/printers/abstract_printer"
  autoload :CallInfoPrinter, "ruby-prof/printers/call_info_printer"
  autoload :CallProfile, "ruby-prof/call_profile"
  autoload :CallStackPrinter, "ruby-prof/printers/call_stack_printer"
  autoload :CallTreePrinter, "ruby-prof/printers/call_tree_printer"
  autoload :CallTreeVisitor, "ruby-prof/call_tree_visitor"
  autoload :DotPrinter, "ruby-prof/printers/dot_printer"
  autoload :ExcludeCommonMethods, "ruby-prof/exclude_common_methods"
  autoload :Filter, "ruby-prof/filter"
  autoload :FlameGraphPrinter, "ruby-prof/printers/flame_graph_printer"
  autoload :FlatPrinter, "ruby-prof/printers/flat_printer"
  autoload :FlatPrinterWithLineNumbers, "ruby-prof/printers/flat_printer_with_line_numbers"
  autoload :GraphHtmlPrinter, "ruby-prof/printers/graph_html_printer"
  autoload :GraphPrinter, "ruby-prof/printers/graph_printer"
  # By their places, since profiles need them whatever has become of the load path.
  autoload :Ledger, "#{__dir__}/ruby-prof/ledger"
  autoload :MultiPrinter, "ruby-prof/printers/multi_printer"
  autoload :Overhead, "#{__dir__}/ruby-prof/overhead"
  autoload :PrinterArguments, "ruby-prof/printers/arguments"
  autoload :PrinterOptions, "ruby-prof/printers/options"

  # Modules and classes of ours whose methods no profile shows, besides those of the extension.
  HIDDEN = [WholeFile, Growth]

  # The handler of a signal may start the first profile, and must not load anything.
  require "ruby-prof/calibration"

  private_constant :VMProbe, :Report, :Calibration, :Counter, :Growth, :TestProfiles, :Clock, :PrinterArguments, :PrinterOptions, :HIDDEN

  figure_measure_mode

  if defined?(::TestProf)
    require "ruby-prof/test_prof"
    ForTestProf.install
  end
end

module Rack
  autoload :RubyProf, "ruby-prof/rack"
end
