# frozen_string_literal: true

require "pathname"

module RubyProf
  # Several reports of one profile, as files in one directory.
  #
  #   RubyProf::MultiPrinter.new(result, [:flat, :graph_html]).print(path: "tmp", profile: "checkout")
  class MultiPrinter
    include PrinterArguments

    # Kinds of reports: their printer, the end of the file's name, and the name of the method that prints them.
    KINDS = {
      flat: [:FlatPrinter, "flat.txt", :flat],
      graph: [:GraphPrinter, "graph.txt", :graph],
      graph_html: [:GraphHtmlPrinter, "graph.html", :graph_html],
      flame_graph: [:FlameGraphPrinter, "flame_graph.html", :flame_graph],
      stack: [:CallStackPrinter, "stack.html", :stack],
      call_stack: [:CallStackPrinter, "stack.html", :stack],
      call_tree: [:CallInfoPrinter, "call_tree.txt", :call_info],
      call_info: [:CallInfoPrinter, "call_tree.txt", :call_info],
      tree: [:CallTreePrinter, nil, :tree],
      dot: [:DotPrinter, "dot", :dot]
    }.freeze
    private_constant :KINDS

    # What is printed if nothing else is asked for.
    DEFAULT = %i[flat graph graph_html flame_graph stack].freeze

    # @return [Boolean] true: the reports are files
    def self.needs_dir?
      true
    end

    # @param result [RubyProf::Profile] a profile that was stopped
    # @param printers [Array<Symbol>] of :flat, :graph, :graph_html, :flame_graph, :stack (or :call_stack), :dot,
    #   :tree (files for KCachegrind), :call_tree or :call_info (the tree as text)
    # @raise [TypeError] if the first is no profile
    # @raise [ArgumentError] for any other printer, or a profile that is still running
    def initialize(result, printers = DEFAULT)
      @kinds = Array(printers).map { |name| kind(name) }.uniq
      @result = result
      @options = {}
      # Every printer checks it the same way; none is printed to.
      FlatPrinter.new(result)
    end

    # Writes the reports. All options but these go to each printer.
    #
    # @param options [Hash] the same as the keywords
    # @option keywords [String, Pathname] :path a directory that exists; default: the current one
    # @option keywords [String] :profile the beginning of the files' names, default "profile"
    # @return [Array<String>] the paths of the files
    # @raise [ArgumentError] for an IO or an option that cannot be used
    # @raise [RubyProf::OutputError] if there is no such directory or it cannot be written to
    def print(options = nil, **keywords)
      @options = file_options(options, keywords)
      directory(given_path)
      @kinds.flat_map { |_, _, name| public_send(:"print_to_#{name}") }.map(&:to_s)
    end

    %i[flat graph graph_html flame_graph stack call_info dot].each do |name|
      define_method(:"#{name}_report") { file(KINDS.fetch(name)).to_s }
      define_method(:"print_to_#{name}") { |options = nil, **keywords| print_to_file(KINDS.fetch(name), options, keywords) }
    end

    # @return [String] the path of the first file of the call trees
    def tree_report
      path.join("callgrind.out.#{Process.pid}").to_s
    end

    # Writes the call trees, as files for KCachegrind.
    #
    # @param options [Hash] for this report, beside those of {#print}
    # @return [Array<String>] their paths
    # @raise (see #print)
    def print_to_tree(options = nil, **keywords)
      add_options(options, keywords)
      CallTreePrinter.new(@result).print(**@options, path: path)
    end

    private

    def kind(name)
      known = KINDS[name.to_sym] if name.respond_to?(:to_sym)
      known || raise(ArgumentError, "unknown printer #{name.inspect}: give some of #{KINDS.keys.map(&:inspect).join(", ")}")
    end

    def given_path
      @options[:path] || ::Dir.pwd
    end

    def path
      ::Pathname.new(given_path)
    end

    def file((_, suffix, _))
      path.join("#{@options[:profile] || "profile"}.#{suffix}")
    end

    def add_options(options, keywords)
      @options = @options.merge(file_options(options, keywords))
      directory(given_path)
    end

    # @return [Pathname]
    def print_to_file(kind, options, keywords)
      add_options(options, keywords)
      printer = RubyProf.const_get(kind.first).new(@result)
      printer.print(file(kind), **@options)
    end
  end
end
