# frozen_string_literal: true

# Runs a small script under the profiler that `require "ruby-prof"` finds, and prints counts as JSON:
# by method, and by caller and callee. Works with ruby-prof 1.4.5 as with this library.
require "json"
require "ruby-prof"

script = File.read(ARGV.fetch(0))
run = eval("-> do\n#{script}\nend", TOPLEVEL_BINDING.dup, ARGV.fetch(0), 0) # rubocop:disable Security/Eval, Style/EvalWithLocation
run.call

profile = RubyProf::Profile.new
profile.start
run.call
profile.stop

threads = profile.threads.map do |thread|
  edges = thread.methods.flat_map do |method|
    method.call_trees.callers.map { |edge| [edge.parent.target.full_name, method.full_name, edge.called] }
  end
  { "methods" => thread.methods.map { |method| [method.full_name, method.called] }.sort, "edges" => edges.sort }
end
puts JSON.generate("version" => RubyProf::VERSION, "threads" => threads)
