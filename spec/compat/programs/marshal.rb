# frozen_string_literal: true

# A profile that is kept: dumped by one process, read and printed by this one, for example by a CI job.
require "ruby-prof"
require "json"

class Kept
  def self.run(count) = count.times { new.step }

  def step = [1, 2].sum { |number| number.succ }
end

path = File.join(ARGV.fetch(0), "kept.marshal")
reader, writer = IO.pipe
pid = fork do
  result = RubyProf.profile(track_allocations: true) { Kept.run(3) }
  File.binwrite(path, Marshal.dump(result))
  facts = result.threads.first.methods.map { |method| [method.full_name, method.called, method.line, method.recursive?] }
  writer.puts(JSON.generate(facts))
  exit!(0)
end
writer.close
before = JSON.parse(reader.read)
Process.wait(pid)

loaded = Marshal.load(File.binread(path))
thread = loaded.threads.first
after = thread.methods.map { |method| [method.full_name, method.called, method.line, method.recursive?] }
puts JSON.generate(
  class: loaded.class.name, mode: loaded.measure_mode, track: loaded.track_allocations?, same: before == after,
  root: thread.call_tree.target.full_name, children: thread.call_tree.children.map { |tree| [tree.target.full_name, tree.called, tree.line] },
  parents: thread.call_tree.children.map { |tree| tree.parent.target.full_name }.uniq,
  methods: after.reject { |name, *| name == "[global]#" }.sort
)
RubyProf::GraphPrinter.new(loaded).print(graph = +"")
puts graph.scan(/Kept\S*#step/).size.positive?
