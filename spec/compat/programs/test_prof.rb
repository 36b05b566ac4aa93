# frozen_string_literal: true

# What a profiler for test suites does: one profile an example, of the example's thread, with methods of the
# framework left out, and the report by a printer that was configured by its name.
require "ruby-prof"
require "json"
require "tsort"

module SuiteProfiler
  PRINTERS = { "flat" => "FlatPrinter", "graph" => "GraphPrinter", "graph_html" => "GraphHtmlPrinter",
               "call_stack" => "CallStackPrinter", "call_tree" => "CallTreePrinter", "dot" => "DotPrinter" }.freeze
  HIDDEN = { TSort => [:tsort_each], Kernel => %i[require load], BasicObject => [:instance_exec] }.freeze

  def self.profiler
    options = { merge_fibers: true, include_threads: [Thread.current] }
    RubyProf::Profile.new(**options).tap do |profile|
      profile.exclude_common_methods!
      HIDDEN.each { |mod, names| profile.exclude_methods!(mod, *names) }
      profile.exclude_methods!(Comparable)
      profile.exclude_singleton_methods!(File, :join)
    end
  end

  def self.dump(result, kind, directory)
    printer = RubyProf.const_get(PRINTERS.fetch(kind)).new(result)
    return printer.print(path: directory, profile: "example", min_percent: 1) if kind == "call_tree"

    File.open(File.join(directory, "example-#{kind}"), "w") { |file| printer.print(file, min_percent: 1) }
  end
end

class Example
  def run
    prepare
    instance_exec { [3, 1, 2].sort_by { |number| weigh(number) } }
  end

  def prepare
    3.times { File.join("a", "b") }
  end

  def weigh(number)
    number.fdiv(2)
  end
end

profile = SuiteProfiler.profiler
profile.start
Example.new.run
Thread.new { 7.pred }.join
result = profile.stop

SuiteProfiler::PRINTERS.each_key { |kind| SuiteProfiler.dump(result, kind, ARGV.fetch(0)) }
puts JSON.generate(
  same: result.equal?(profile), threads: result.threads.size,
  methods: result.threads.first.methods.map { |method| [method.full_name, method.called] }.sort,
  files: Dir.children(ARGV.fetch(0)).map { |name| name.sub(Process.pid.to_s, "PID") }.sort,
  flat: File.read(File.join(ARGV.fetch(0), "example-flat"), encoding: "UTF-8")[/^Sort by: \w+/]
)
