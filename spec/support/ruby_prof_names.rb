# frozen_string_literal: true

# Every public name of ruby-prof 2.0.5, and those of 1.x and 0.x that public code still uses, as their own
# sources have them: not taken from docs/ruby-prof.md, which is checked against this list.
module RubyProfNames
  # Files to require.
  FILES = %w[
    ruby-prof ruby-prof/version ruby-prof/profile ruby-prof/rack ruby-prof/exclude_common_methods ruby-prof/task unprof
    ruby-prof/call_tree ruby-prof/measurement ruby-prof/method_info ruby-prof/thread
  ].freeze

  CONSTANTS = {
    "RubyProf::WALL_TIME" => 0, "RubyProf::PROCESS_TIME" => 1, "RubyProf::ALLOCATIONS" => 2, "RubyProf::MEMORY" => 3,
    "RubyProf::CLOCKS_PER_SEC" => 1_000_000, "RubyProf::VERSION" => String,
    "RubyProf::Measure" => Module, "RubyProf::Measure::WallTime" => Class, "RubyProf::Measure::ProcessTime" => Class,
    "RubyProf::Measure::Allocations" => Class,
    "RubyProf::MethodInfo::MODULE_INCLUDEE" => 1, "RubyProf::MethodInfo::CLASS_SINGLETON" => 2,
    "RubyProf::MethodInfo::MODULE_SINGLETON" => 4, "RubyProf::MethodInfo::OBJECT_SINGLETON" => 8,
    "RubyProf::MethodInfo::OTHER_SINGLETON" => 16,
    "RubyProf::ExcludeCommonMethods" => Module, "RubyProf::ExcludeCommonMethods::ENUMERABLE_NAMES" => Array,
    "RubyProf::Profile" => Class, "RubyProf::Thread" => Class, "RubyProf::MethodInfo" => Class, "RubyProf::CallTree" => Class,
    "RubyProf::CallTrees" => Class, "RubyProf::Measurement" => Class, "RubyProf::Allocation" => Class,
    "RubyProf::CallTreeVisitor" => Class, "RubyProf::AbstractPrinter" => Class, "RubyProf::FlatPrinter" => Class,
    "RubyProf::GraphPrinter" => Class, "RubyProf::GraphHtmlPrinter" => Class, "RubyProf::CallStackPrinter" => Class,
    "RubyProf::FlameGraphPrinter" => Class, "RubyProf::CallInfoPrinter" => Class, "RubyProf::CallTreePrinter" => Class,
    "RubyProf::DotPrinter" => Class, "RubyProf::MultiPrinter" => Class, "RubyProf::FlatPrinterWithLineNumbers" => Class,
    "RubyProf::ProfileTask" => Class, "Rack::RubyProf" => Class,
    "RubyProf::CPU_TIME" => 1, "RubyProf::GC_TIME" => 0, "RubyProf::GC_RUNS" => 0, "RubyProf::CallInfo" => Class,
    "RubyProf::AggregateCallInfo" => Class, "RubyProf::AggregateCallTree" => Class, "RubyProf::CallInfoVisitor" => Class
  }.freeze

  # Methods, and the numbers of arguments that ruby-prof's take; :super is one that Ruby itself defines.
  METHODS = {
    "RubyProf.figure_measure_mode" => [0], "RubyProf.measure_mode" => [0], "RubyProf.measure_mode=" => [1],
    "RubyProf.exclude_threads" => [0], "RubyProf.exclude_threads=" => [1], "RubyProf.start" => [0], "RubyProf.stop" => [0],
    "RubyProf.pause" => [0], "RubyProf.resume" => [0], "RubyProf.running?" => [0], "RubyProf.profile" => [0, 1],
    "RubyProf.start_script" => [1], "RubyProf.ensure_running!" => [0], "RubyProf.ensure_not_running!" => [0],
    "RubyProf.measure_wall_time" => [0], "RubyProf.measure_process_time" => [0], "RubyProf.measure_cpu_time" => [0],
    "RubyProf.measure_allocations" => [0], "RubyProf.measure_memory" => [0], "RubyProf.measure_gc_runs" => [0],
    "RubyProf.measure_gc_time" => [0], "RubyProf.cpu_frequency" => [0], "RubyProf.measure_mode_string" => [0],

    "RubyProf::ExcludeCommonMethods.apply!" => [1], "RubyProf::ExcludeCommonMethods.exclude_enumerable" => [2, 4],
    "RubyProf::ExcludeCommonMethods.exclude_methods" => [2, 4],
    "RubyProf::ExcludeCommonMethods.exclude_singleton_methods" => [2, 4],

    "RubyProf::Profile.profile" => [0, 1], "RubyProf::Profile#profile" => [0], "RubyProf::Profile#start" => [0],
    "RubyProf::Profile#stop" => [0], "RubyProf::Profile#pause" => [0], "RubyProf::Profile#resume" => [0],
    "RubyProf::Profile#running?" => [0], "RubyProf::Profile#paused?" => [0], "RubyProf::Profile#measure_mode" => [0],
    "RubyProf::Profile#measure_mode_string" => [0], "RubyProf::Profile#measure_mode_name" => [0],
    "RubyProf::Profile#track_allocations?" => [0], "RubyProf::Profile#threads" => [0], "RubyProf::Profile#add_thread" => [1],
    "RubyProf::Profile#remove_thread" => [1], "RubyProf::Profile#exclude_method!" => [2],
    "RubyProf::Profile#exclude_methods!" => [1, 3], "RubyProf::Profile#exclude_singleton_methods!" => [1, 3],
    "RubyProf::Profile#exclude_common_methods!" => [0], "RubyProf::Profile#merge!" => [0],
    "RubyProf::Profile#eliminate_methods!" => [1], "RubyProf::Profile#_dump_data" => [0], "RubyProf::Profile#_load_data" => [1],

    "RubyProf::Thread.new" => [3], "RubyProf::Thread#id" => [0], "RubyProf::Thread#fiber_id" => [0],
    "RubyProf::Thread#call_tree" => [0], "RubyProf::Thread#methods" => [0], "RubyProf::Thread#total_time" => [0],
    "RubyProf::Thread#wait_time" => [0], "RubyProf::Thread#merge!" => [1], "RubyProf::Thread#top_methods" => [0],
    "RubyProf::Thread#top_call_infos" => [0],

    "RubyProf::MethodInfo.new" => [2], "RubyProf::MethodInfo#klass_name" => [0], "RubyProf::MethodInfo#klass_flags" => [0],
    "RubyProf::MethodInfo#method_name" => [0], "RubyProf::MethodInfo#full_name" => [0], "RubyProf::MethodInfo#source_file" => [0],
    "RubyProf::MethodInfo#line" => [0], "RubyProf::MethodInfo#called" => [0], "RubyProf::MethodInfo#total_time" => [0],
    "RubyProf::MethodInfo#self_time" => [0], "RubyProf::MethodInfo#wait_time" => [0],
    "RubyProf::MethodInfo#children_time" => [0], "RubyProf::MethodInfo#recursive?" => [0],
    "RubyProf::MethodInfo#measurement" => [0], "RubyProf::MethodInfo#call_trees" => [0],
    "RubyProf::MethodInfo#allocations" => [0], "RubyProf::MethodInfo#hash" => [0], "RubyProf::MethodInfo#eql?" => [1],
    "RubyProf::MethodInfo#==" => [1], "RubyProf::MethodInfo#<=>" => [1], "RubyProf::MethodInfo#to_s" => [0],
    "RubyProf::MethodInfo#root?" => [0], "RubyProf::MethodInfo#children" => [0], "RubyProf::MethodInfo#parents" => [0],
    "RubyProf::MethodInfo#aggregate_parents" => [0], "RubyProf::MethodInfo#aggregate_children" => [0],

    "RubyProf::CallTree.new" => [1], "RubyProf::CallTree#target" => [0], "RubyProf::CallTree#measurement" => [0],
    "RubyProf::CallTree#parent" => [0], "RubyProf::CallTree#children" => [0], "RubyProf::CallTree#add_child" => [1],
    "RubyProf::CallTree#depth" => [0], "RubyProf::CallTree#source_file" => [0], "RubyProf::CallTree#line" => [0],
    "RubyProf::CallTree#called" => [0], "RubyProf::CallTree#total_time" => [0], "RubyProf::CallTree#self_time" => [0],
    "RubyProf::CallTree#wait_time" => [0], "RubyProf::CallTree#children_time" => [0], "RubyProf::CallTree#<=>" => [1],
    "RubyProf::CallTree#to_s" => [0], "RubyProf::CallTree#inspect" => [0],

    "RubyProf::CallTrees#call_trees" => [0], "RubyProf::CallTrees#callers" => [0], "RubyProf::CallTrees#callees" => [0],
    "RubyProf::CallTrees#min_depth" => [0],

    "RubyProf::Measurement.new" => [4], "RubyProf::Measurement#total_time" => [0], "RubyProf::Measurement#self_time" => [0],
    "RubyProf::Measurement#wait_time" => [0], "RubyProf::Measurement#called" => [0],
    "RubyProf::Measurement#total_time=" => [1], "RubyProf::Measurement#self_time=" => [1],
    "RubyProf::Measurement#wait_time=" => [1], "RubyProf::Measurement#called=" => [1], "RubyProf::Measurement#merge!" => [1],
    "RubyProf::Measurement#children_time" => [0], "RubyProf::Measurement#clone" => [0], "RubyProf::Measurement#dup" => [0],
    "RubyProf::Measurement#to_s" => [0], "RubyProf::Measurement#inspect" => [0],

    "RubyProf::Allocation#klass_name" => [0], "RubyProf::Allocation#klass_flags" => [0],
    "RubyProf::Allocation#source_file" => [0], "RubyProf::Allocation#line" => [0], "RubyProf::Allocation#count" => [0],
    "RubyProf::Allocation#memory" => [0],

    "RubyProf::CallTreeVisitor.new" => [1], "RubyProf::CallTreeVisitor#visit" => [0],

    "RubyProf::AbstractPrinter.new" => [1], "RubyProf::AbstractPrinter.needs_dir?" => [0],
    "RubyProf::AbstractPrinter#min_percent" => [0], "RubyProf::AbstractPrinter#max_percent" => [0],
    "RubyProf::AbstractPrinter#filter_by" => [0], "RubyProf::AbstractPrinter#sort_method" => [0],
    "RubyProf::AbstractPrinter#print" => [0, 1, 2], "RubyProf::AbstractPrinter#setup_options" => [0, 1],
    "RubyProf::AbstractPrinter#print_threads" => [0], "RubyProf::AbstractPrinter#print_thread" => [1],
    "RubyProf::AbstractPrinter#print_header" => [1], "RubyProf::AbstractPrinter#print_column_headers" => [0],
    "RubyProf::AbstractPrinter#print_methods" => [1], "RubyProf::AbstractPrinter#print_footer" => [1],
    "RubyProf::AbstractPrinter#time_format" => [0], "RubyProf::AbstractPrinter#method_location" => [1],
    "RubyProf::AbstractPrinter#method_href" => [2], "RubyProf::AbstractPrinter#open_asset" => [1],

    "RubyProf::CallTreePrinter#print" => [0, 1], "RubyProf::MultiPrinter.new" => [1, 2], "RubyProf::MultiPrinter#print" => [0, 1],
    "RubyProf::MultiPrinter#flat_report" => [0], "RubyProf::MultiPrinter#graph_report" => [0],
    "RubyProf::MultiPrinter#graph_html_report" => [0], "RubyProf::MultiPrinter#call_info_report" => [0],
    "RubyProf::MultiPrinter#tree_report" => [0], "RubyProf::MultiPrinter#stack_report" => [0],
    "RubyProf::MultiPrinter#flame_graph_report" => [0], "RubyProf::MultiPrinter#dot_report" => [0],
    "RubyProf::MultiPrinter#print_to_flat" => [0, 1], "RubyProf::MultiPrinter#print_to_graph" => [0, 1],
    "RubyProf::MultiPrinter#print_to_graph_html" => [0, 1], "RubyProf::MultiPrinter#print_to_call_info" => [0, 1],
    "RubyProf::MultiPrinter#print_to_tree" => [0, 1], "RubyProf::MultiPrinter#print_to_stack" => [0, 1],
    "RubyProf::MultiPrinter#print_to_flame_graph" => [0, 1], "RubyProf::MultiPrinter#print_to_dot" => [0, 1],

    "Rack::RubyProf.new" => [1, 2], "Rack::RubyProf#call" => [1],

    "RubyProf::ProfileTask.new" => [0, 1], "RubyProf::ProfileTask#output_dir" => [0], "RubyProf::ProfileTask#output_dir=" => [1],
    "RubyProf::ProfileTask#min_percent" => [0], "RubyProf::ProfileTask#min_percent=" => [1],
    "RubyProf::ProfileTask#printer" => [0], "RubyProf::ProfileTask#printer=" => [1], "RubyProf::ProfileTask#define" => [0],
    "RubyProf::ProfileTask#output_directory" => [0], "RubyProf::ProfileTask#create_output_directory" => [0],
    "RubyProf::ProfileTask#clean_output_directory" => [0], "RubyProf::ProfileTask#run_script" => [1],
    "RubyProf::ProfileTask#option_list" => [0]
  }.freeze

  # Options of Profile.new, with a value each.
  PROFILE_OPTIONS = {
    measure_mode: 1, track_allocations: true, allow_exceptions: true, exclude_common: true, exclude_threads: [], include_threads: [],
    merge_fibers: true
  }.freeze

  # Options of printers' print: printers, a value, and one that must be refused if the printer reads it.
  ALL = %w[Flat Graph GraphHtml CallStack FlameGraph CallInfo Dot].freeze
  PRINT_OPTIONS = {
    min_percent: [ALL, 1, "much"], max_percent: [ALL, 99, "much"], filter_by: [ALL, :total_time, :name],
    sort_method: [ALL, :self_time, :name], max_depth: [ALL, 5, -1], min_time: [%w[GraphHtml], 0.1, "long"],
    nonzero: [%w[GraphHtml], true, nil], title: [%w[CallStack FlameGraph], "Checkout", 7], threshold: [%w[CallStack], 0.5, "low"],
    expansion: [%w[CallStack], 20.0, "far"], application: [%w[CallStack], "shop", 7], path: [%w[CallTree Multi], nil, 7],
    profile: [%w[Multi], "checkout", nil]
  }.freeze

  # Kinds of reports of a MultiPrinter, and the file each writes.
  MULTI = {
    flat: "flat.txt", graph: "graph.txt", graph_html: "graph.html", call_tree: "call_tree.txt", tree: "callgrind.out.PID",
    stack: "stack.html", flame_graph: "flame_graph.html", dot: "dot"
  }.freeze

  # Options of the adapter for Rack, with a value each.
  RACK_OPTIONS = {
    path: "tmp", printers: {}, skip_paths: [/a/], only_paths: [/b/], merge_fibers: true, measure_mode: 1, track_allocations: true,
    exclude_common: true, ignore_existing_threads: true, request_thread_only: true, min_percent: 2, sort_method: :self_time
  }.freeze

  # Words of the command ruby-prof, with values where they take some, and whether the help has them.
  WORDS = {
    "--allow_exceptions" => [nil, true], "-E" => ["1", true], "--eval-noprof" => ["1", true], "-R" => ["set", true],
    "--require-noprof" => ["set", true], "--exclude" => ["Foo#bar,Foo.baz", true], "--exclude-common" => [nil, true],
    "-f" => ["report.txt", true], "--file" => ["report.txt", true], "-m" => ["1.5", true], "--min_percent" => ["1.5", true],
    "--mode" => ["wall", true], "--mode=wall" => [nil, true], "--mode=process" => [nil, true],
    "--mode=allocations" => [nil, true], "--mode=memory" => [nil, true], "-p" => ["flat", true], "--printer" => ["flat", true],
    "--printer=flat" => [nil, true], "--printer=flat_with_line_numbers" => [nil, false], "--printer=graph" => [nil, true],
    "--printer=graph_html" => [nil, true], "--printer=call_tree" => [nil, true], "--printer=call_stack" => [nil, true],
    "--printer=dot" => [nil, true], "--printer=multi" => [nil, true], "-s" => ["total", true], "--sort" => ["total", true],
    "--sort=total" => [nil, true], "--sort=self" => [nil, true], "--sort=wait" => [nil, true], "--sort=child" => [nil, true],
    "--track_allocations" => [nil, true], "-v" => [nil, true], "--version" => [nil, true], "-h" => [nil, true],
    "--help" => [nil, true], "--replace-progname" => [nil, false], "-x" => ["Foo", false], "-X" => ["/dev/null", false],
    "--exclude-common-cycles" => [nil, false], "--exclude-common-callbacks" => [nil, false], "-d" => [nil, false],
    "--specialized-instruction" => [nil, false]
  }.freeze

  # Values of the variable RUBY_PROF_MEASURE_MODE.
  MODES = { "wall" => 0, "wall_time" => 0, "process" => 1, "process_time" => 1, "allocations" => 2, "memory" => 3,
            "cpu" => 1, "gc_time" => 0, "gc_runs" => 0 }.freeze

  # Environment variables.
  VARIABLES = %w[RUBY_PROF_MEASURE_MODE RUBY_PROF_TRACE OPTIONS SHOW_RUBY_PROF_PRINTER_OUTPUT].freeze

  # Programs beside ruby-prof.
  PROGRAMS = %w[ruby-prof-check-trace].freeze

  # Variables that printers of one's own read.
  PRINTER_VARIABLES = %w[@result @output @options].freeze

  # All of them, as docs/ruby-prof.md writes them.
  def self.all
    FILES.map { |file| "require \"#{file}\"" } + CONSTANTS.keys + METHODS.keys +
      PROFILE_OPTIONS.keys.map { |name| "RubyProf::Profile.new(#{name}:)" } +
      PRINT_OPTIONS.keys.map { |name| "print(#{name}:)" } +
      MULTI.keys.map { |name| "MultiPrinter.new(result, [:#{name}])" } +
      RACK_OPTIONS.keys.map { |name| "Rack::RubyProf.new(app, #{name}:)" } +
      WORDS.keys.map { |word| "ruby-prof #{word}" } + ["ruby-prof SCRIPT -- ARGUMENTS"] +
      MODES.keys.map { |name| "RUBY_PROF_MEASURE_MODE=#{name}" } + VARIABLES + PROGRAMS + PRINTER_VARIABLES
  end
end
