# frozen_string_literal: true

module RubyProf
  # A printer as the command line and the environment name it: `flat`, `graph_html` and so on.
  class PrinterKind
    # @return [String] the name
    attr_reader :name
    # @return [Symbol] the printer's class in RubyProf
    attr_reader :class_name
    # @return [String, nil] how its files' names end; nil if it writes a directory
    attr_reader :extension
    # @return [String] what it shows, in a few words
    attr_reader :about

    def initialize(name, class_name, extension, about)
      @name = name
      @class_name = class_name
      @extension = extension
      @about = about
      freeze
    end

    # All of them, in the order of the help.
    ALL = [
      new("flat", :FlatPrinter, ".txt", "table of methods (the default)"),
      new("graph", :GraphPrinter, ".txt", "methods with callers and callees"),
      new("graph_html", :GraphHtmlPrinter, ".html", "as a page to click through"),
      new("call_stack", :CallStackPrinter, ".html", "tree of calls to open and close"),
      new("flame_graph", :FlameGraphPrinter, ".html", "flame graph"),
      new("call_info", :CallInfoPrinter, ".txt", "the whole tree of calls as text"),
      new("dot", :DotPrinter, ".dot", "graph for Graphviz"),
      new("call_tree", :CallTreePrinter, nil, "callgrind files for KCachegrind"),
      new("multi", :MultiPrinter, nil, "several of these at once")
    ].freeze

    # Other names for the same printers: those of ruby-prof's MultiPrinter, and one of its earliest.
    ALIASES = { "stack" => "call_stack", "tree" => "call_tree", "flat_with_line_numbers" => "flat" }.freeze

    class << self
      # @return [PrinterKind, nil]
      def named(name)
        name = ALIASES.fetch(name, name)
        ALL.find { |kind| kind.name == name }
      end

      # @return [String] all names, for messages
      def names
        ALL.map(&:name).join(", ")
      end
    end

    # @return [Boolean] whether it writes files into a directory
    def directory?
      extension.nil?
    end

    # @return [Class]
    def printer
      RubyProf.const_get(class_name)
    end
  end
  private_constant :PrinterKind
end
