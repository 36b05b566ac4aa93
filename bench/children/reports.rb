# frozen_string_literal: true

# Profiles the maze once and prints what each report of it takes.

require "json"
require "stringio"
require "tmpdir"
require_relative "../support/contenders"

def clock
  Process.clock_gettime(Process::CLOCK_MONOTONIC)
end

# A field of /proc/self/status, in bytes.
def memory(field)
  File.read("/proc/self/status")[/^#{field}:\s+(\d+) kB/, 1].to_i * 1024
end

# The bytes of the profile's file.
def save(path)
  PROFILE.save(path)
  File.size(path)
end

def load(path)
  RubyProf.load(path)
  File.size(path)
end

# No bytes: visits all call paths.
def walk(_)
  PROFILE.threads.each { |thread| RubyProf::CallTreeVisitor.new(thread.call_tree).visit { |call_tree, _| call_tree.self_time } }
  0
end

# The bytes of a report, into memory or, where that is what it does, into files.
def print_with(printer)
  if printer.needs_dir?
    Dir.mktmpdir do |directory|
      printer.new(PROFILE).print(path: directory)
      return Dir.glob(File.join(directory, "**", "*")).select { |path| File.file?(path) }.sum { |path| File.size(path) }
    end
  end
  page = StringIO.new
  printer.new(PROFILE).print(page)
  page.string.bytesize
end

# In a process of its own, so that no report finds memory that another has left.
def measure(name)
  reader, writer = IO.pipe
  child = fork do
    reader.close
    File.write("/proc/self/clear_refs", "5") if File.writable?("/proc/self/clear_refs") # VmHWM starts anew
    before = memory("VmRSS")
    from = clock
    bytes = yield
    writer.write(JSON.generate(seconds: clock - from, bytes:, memory: memory("VmHWM") - before))
    exit!(0)
  end
  writer.close
  result = reader.read
  Process.wait(child)
  abort "#{name} failed" unless $?.success?
  JSON.parse(result)
end

options = JSON.parse(ARGV.fetch(1))
contender = Bench::Contenders::ALL.fetch(ARGV.fetch(0)).new
require options["program"]
contender.start
Maze.run
contender.stop
PROFILE = contender.profile

result = { methods: PROFILE.threads.sum { |thread| thread.methods.size }, reports: {} }
Dir.mktmpdir do |directory|
  saved = File.join(directory, "profile.rbprof")
  options["printers"].each do |name, class_name|
    result[:reports][name] =
      if class_name.nil?
        save(saved)
        measure(name) { send(name, saved) }
      elsif RubyProf.const_defined?(class_name)
        measure(name) { print_with(RubyProf.const_get(class_name)) }
      end
  end
  result[:reports].compact!
end
if options["count"]
  waiting = PROFILE.threads.map(&:call_tree)
  result[:nodes] = 0
  while (node = waiting.pop)
    result[:nodes] += 1
    waiting.concat(node.children)
  end
end
puts JSON.generate(result)
