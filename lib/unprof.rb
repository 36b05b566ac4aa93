# frozen_string_literal: true

# `ruby -runprof work.rb`: profiles the program and prints a flat report when it ends. `ruby -rruby-prof/auto`
# does the same with everything to choose.

require "ruby-prof"
require "ruby-prof/program_start"

started_in = Process.pid
at_exit do
  # The program may have stopped it. Stopping comes first: whatever does, would be in the report.
  result = RubyProf.stop if RubyProf.running?
  # A forked process has nothing to say about this one.
  RubyProf::FlatPrinter.new(result).print(STDOUT) if result && Process.pid == started_in
end
module RubyProf
  ProgramStart.call { start }
end
