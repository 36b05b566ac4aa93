# frozen_string_literal: true

# One contender profiles the maze: prints what its profile weighs and how long its reports take.

require "json"
require "stringio"
require_relative "../support/contenders"
require_relative "../support/stats"

def clock
  Process.clock_gettime(Process::CLOCK_MONOTONIC)
end

def seconds
  from = clock
  yield
  clock - from
end

# A field of /proc/self/status, in bytes.
def memory(field)
  File.read("/proc/self/status")[/^#{field}:\s+(\d+) kB/, 1].to_i * 1024
end

def settled_memory
  3.times { GC.start }
  memory("VmRSS")
end

def minor_gc
  Bench::Stats.median(Array.new(20) { seconds { GC.start(full_mark: false) } })
end

# Nodes of the call trees, without recursion and without keeping them.
def count_nodes(profile)
  profile.threads.sum do |thread|
    waiting = [thread.call_tree]
    count = 0
    while (node = waiting.pop)
      count += 1
      waiting.concat(node.children)
    end
    count
  end
end

options = JSON.parse(ARGV.fetch(1))
# Ours counts operators here, as the others do: the same call paths for all.
settings = ARGV.fetch(0) == "ours" ? { operators: true } : {}
contender = Bench::Contenders::ALL.fetch(ARGV.fetch(0)).new(**settings)
require options["program"]
Maze.run
result = { "run_bare" => seconds { Maze.run } }
before = settled_memory
result["minor_gc_bare"] = minor_gc
File.write("/proc/self/clear_refs", "5") if File.writable?("/proc/self/clear_refs") # VmHWM starts anew

contender.start
result["run"] = seconds { Maze.run }
result["stop"] = seconds { contender.stop }
# Work that stop puts off is work all the same, so look before weighing.
result["look"] = seconds { contender.profile&.threads&.each(&:methods) }
result["peak"] = memory("VmHWM") - before
result["memory"] = settled_memory - before
result["minor_gc"] = minor_gc

if (profile = contender.profile)
  page = StringIO.new
  result["methods"] = profile.threads.sum { |thread| thread.methods.size }
  result["flat"] = seconds { RubyProf::FlatPrinter.new(profile).print(StringIO.new) }
  result["graph"] = seconds { RubyProf::GraphHtmlPrinter.new(profile).print(page) }
  result["graph_bytes"] = page.string.bytesize
  result["nodes"] = count_nodes(profile) if options["count"]
end
puts JSON.generate(result)
