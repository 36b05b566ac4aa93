# frozen_string_literal: true

# Calls most of the API with the rbs gem looking at every argument and result. Prints what does not fit the
# signatures in ARGV's directory, and at the end how many calls were looked at.
require "ruby-prof"
require "rbs"
require "rbs/test"
require "tmpdir"

module Looking
  class << self
    attr_accessor :count, :misfits
  end
  self.count = 0
  self.misfits = []

  def call(receiver, trace)
    Looking.count += 1
    super
  rescue RBS::Test::Tester::TypeError => e
    Looking.misfits.concat(e.errors.map { |error| RBS::Test::Errors.to_string(error) })
  end
end

def install(signatures)
  RBS.logger_level = :fatal
  loader = RBS::EnvironmentLoader.new
  loader.add(library: "pathname", version: nil)
  loader.add(path: Pathname(signatures))
  tester = RBS::Test::Tester.new(env: RBS::Environment.from_loader(loader).resolve_type_names)
  RBS::Test::Tester::MethodCallTester.prepend(Looking)
  [RubyProf, *CLASSES].each { |mod| tester.install!(mod, sample_size: 50, unchecked_classes: []) }
end

# Methods without arguments and without an effect, by class: as they are before RBS wraps them.
CLASSES = RubyProf.constants.map { |name| RubyProf.const_get(name) }.grep(Class).reject { |each| each <= Exception }.uniq
EFFECTS = /[=!]\z|print|_dump|\A(?:start|stop|pause|resume|profile)\z/
READERS = CLASSES.to_h do |mod|
  names = mod.public_instance_methods.reject { |name| mod.instance_method(name).owner.name.to_s !~ /RubyProf/ }
  [mod, names.select { |name| mod.instance_method(name).arity.zero? }.grep_v(EFFECTS)]
end

def read(object)
  READERS.fetch(object.class).to_h { |name| [name, object.public_send(name)] }
end

def read_results(result)
  result.threads.each do |thread|
    read(thread)
    thread.methods.each do |method|
      [method <=> thread, method <=> method, method == 3, method.eql?(method)]
      read(method)
      read(method.call_trees).fetch(:call_trees).each { |tree| [read(tree), tree <=> tree, tree == 3, read(tree.measurement)] }
      (method.call_trees.callers + method.call_trees.callees).each { |tree| read(tree) }
      method.allocations.each { |allocation| read(allocation) }
    end
  end
end

def make_by_hand
  method = RubyProf::MethodInfo.new(String, :upcase)
  tree = RubyProf::CallTree.new(method)
  tree.add_child(RubyProf::CallTree.new(RubyProf::MethodInfo.new(String, "sub")))
  thread = RubyProf::Thread.new(tree, Thread.current, Fiber.current)
  numbers = RubyProf::Measurement.new(1, 2.0, 0, 3)
  numbers.called = 4
  numbers.total_time = numbers.self_time = numbers.wait_time = 1.5
  numbers.merge!(numbers.dup)
  RubyProf::Profile.new.tap { |profile| [profile.add_thread(thread), profile.remove_thread(thread), thread.merge!(thread)] }
end

def record
  profile = RubyProf::Profile.new(track_allocations: true)
  profile.exclude_method!(String, :sub)
  profile.exclude_methods!(String, :sub, %i[tr hex])
  profile.exclude_singleton_methods!(File, :join)
  profile.exclude_common_methods!
  profile.start
  yield
  profile.pause
  profile.resume { 3 }
  profile.resume
  read(profile)
  profile.stop
  profile.merge!(:thread).merge!
end

def through_files(profile, directory)
  path = File.join(directory, "saved")
  profile.save(path)
  [RubyProf.load(Pathname(path)), RubyProf.merge([path], path, by: :all), Marshal.load(Marshal.dump(profile))]
end

def module_functions
  RubyProf.start
  RubyProf.pause
  RubyProf.resume
  RubyProf.running?
  RubyProf.stop
  RubyProf.measure_mode = RubyProf::PROCESS_TIME
  RubyProf.exclude_threads = []
  RubyProf.profile { 1.to_s }
  names = RubyProf.singleton_methods(false)
  names = names.grep(/\A(?:measure_\w+[a-z]|exclude_threads|figure_\w+|cpu_frequency|ensure_not_running!)\z/).grep_v(/__with/)
  names.each { |name| RubyProf.public_send(name) }
end

def print_all(result, directory)
  %i[Flat Graph GraphHtml CallStack FlameGraph CallInfo Dot].each do |kind|
    printer = RubyProf.const_get("#{kind}Printer").new(result)
    printer.print(+"", min_percent: 1)
    printer.print(+"", { sort_method: :self_time })
    read(printer)
    [printer.method_href(result.threads.first, result.threads.first.methods.last), printer.method_location(result.threads.first.methods.last)]
  end
  RubyProf::CallTreePrinter.new(result).print(path: directory)
  multi = RubyProf::MultiPrinter.new(result, [:flat, "dot"])
  multi.print(path: directory)
  read(multi)
  multi.print_to_tree(path: Pathname(directory))
  multi.print_to_graph
end

install(ARGV.fetch(0))
result = record { Fiber.new { [1, "a".upcase].inspect }.resume }
read_results(result)
make_by_hand
module_functions
[result.only(:app), result.without(/a/, "String#upcase"), result.eliminate_methods!([/zz/])]
RubyProf::CallTreeVisitor.new(result.threads.first.call_tree, max_depth: 2).visit { |_tree, _event| nil }
Dir.mktmpdir do |directory|
  through_files(result, directory)
  print_all(result, directory)
end
puts Looking.misfits.uniq.first(20), "#{Looking.count} calls"
