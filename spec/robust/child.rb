# frozen_string_literal: true

# For processes of their own: what a profile says, in short.
require "ruby-prof"

module Child
  module_function

  # Calls of all threads by full name.
  def counts(profile)
    methods = profile.threads.flat_map(&:methods)
    methods.each_with_object(Hash.new(0)) { |method, counts| counts[method.full_name] += method.called }
  end

  # What does not add up: children that take longer than their caller, parts that are not the whole.
  def faults(profile)
    profile.threads.flat_map do |thread|
      trees = [thread.call_tree]
      trees.each { |tree| trees.concat(tree.children) }
      parts = trees.sum { |tree| tree.self_time + tree.wait_time }
      found = trees.reject { |tree| balanced?(tree) }.map { |tree| "#{tree.target.full_name}: #{tree.measurement}" }
      found << "the whole is not the sum of its parts" if (parts - thread.total_time).abs > 1e-5
      found
    end
  end

  def balanced?(tree)
    children = tree.children.sum(0.0, &:total_time)
    rest = tree.total_time - tree.self_time - tree.wait_time - children
    rest.abs < 1e-6 && tree.self_time >= 0 && tree.wait_time >= 0
  end

  def rss_megabytes
    File.read("/proc/self/statm").split[1].to_i * 4 / 1024
  end
end
