# frozen_string_literal: true

# For a process of its own: prints what is not exact, and with which reader of events.
$LOAD_PATH.unshift(__dir__)
require "json"
require "ruby-prof"
require "exactness"
require "programs"

def root_of_a_running_method
  RubyProf.profile { 1.to_s && 2.to_s && 3.succ }.threads.first.call_tree.target.full_name
end

differences = Programs.all.reject(&:obstacle).to_h do |program|
  found = [true, false].flat_map { |c_calls| Exactness.differences(program, c_calls: c_calls) }
  [program.name, found]
end
puts JSON.generate(root: root_of_a_running_method, differences: differences)
