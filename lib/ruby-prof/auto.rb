# frozen_string_literal: true

# Profiles a program from its first line to its end without a change to it:
#
#   ruby -rruby-prof/auto work.rb
#   RUBYOPT=-rruby-prof/auto RUBY_PROF_FILE=tmp/%p.txt bundle exec rake
#
# The report is made when all at_exit handlers of the program have run; its output, exit status, `$0` and error
# messages are what they are without us. `exit!`, `exec` and SIGKILL end a process without at_exit handlers:
# then nothing is written.
#
# | variable                     | value                                     | default              |
# |------------------------------|-------------------------------------------|----------------------|
# | RUBY_PROF_MEASURE_MODE       | wall, process, allocations, memory        | wall                 |
# | RUBY_PROF_PRINTER            | flat, graph, graph_html, call_stack, ...  | flat                 |
# | RUBY_PROF_FILE               | file, or directory for call_tree, multi;  | stdout, or . for     |
# |                              | %p is the process's number                | directories          |
# | RUBY_PROF_SAVE               | file for the profile itself; without      |                      |
# |                              | PRINTER and FILE there is no report then  |                      |
# | RUBY_PROF_MIN_PERCENT        | least share of a method to be shown       | the printer's        |
# | RUBY_PROF_SORT               | total, self, wait, child                  | the printer's        |
# | RUBY_PROF_LEDGER, _GC,       | 1: columns of these names (the collector  | 0                    |
# | _OVERHEAD, _GC_NODES         | as a method) in the report                |                      |
# | RUBY_PROF_COMPENSATE         | 0: times as they were measured            | 1                    |
# | RUBY_PROF_EXCLUDE            | methods to leave out, separated by commas:|                      |
# |                              | Foo#bar, Foo.bar, Foo, /regexp/, lib/path,|                      |
# |                              | gem:rack, app, gems, stdlib, c            |                      |
# | RUBY_PROF_EXCLUDE_COMMON     | 1: leave out each, map, times ...         | 0                    |
# | RUBY_PROF_ONLY               | patterns like those of RUBY_PROF_EXCLUDE  |                      |
# | RUBY_PROF_C_CALLS            | 0: leave out methods written in C         | 1                    |
# | RUBY_PROF_OPERATORS          | 1: count 1 + 2, list[0] as calls          | 0                    |
# | RUBY_PROF_TRACK_ALLOCATIONS  | 1: count objects by method, line, class   | 0                    |
# | RUBY_PROF_BLOCKS             | 1: blocks are callees of their own        | 0                    |
# | RUBY_PROF_LATENCY            | 1: record how long single calls take      | 0                    |
# | RUBY_PROF_MAX_NODES          | keep so many call paths, fold the others  |                      |
# | RUBY_PROF_MAX_DEPTH          | keep paths of so many calls               |                      |
# | RUBY_PROF_BUDGET             | stop timing tiny calls once the profiler  |                      |
# |                              | takes more of the time: 0 to 1            |                      |
# | RUBY_PROF_ON_FORK            | separate: forked processes write reports  | separate             |
# |                              | of their own, named with their number;    |                      |
# |                              | merge: report and saved profile over all, |                      |
# |                              | by the first; off: only that is profiled  |                      |
# | RUBY_PROF_REQUIRE            | libraries to load before, unprofiled      |                      |
# | RUBY_PROF_EVAL               | Ruby code to run before, unprofiled       |                      |
#
# A value that cannot be used is named in a warning and left out. A file that cannot be written, or is the
# program itself, ends the program before it begins.

require "ruby-prof"
require "ruby-prof/auto/program"

module RubyProf
  HIDDEN.push(Auto, Auto::ForkHook, Auto::Recording)
  private_constant :Auto
  Auto.begin
end
