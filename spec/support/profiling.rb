# frozen_string_literal: true

# The clock that stands still unless it is advanced, by nanoseconds. Its own calls are not recorded
# when C methods are left out.
ManualClock = RubyProf::Testing

# What specs do with profiles, in a word each.
module Profiling
  module_function

  # A profile of the block, whose exceptions are not swallowed.
  def profile(**options, &block)
    RubyProf::Profile.new(allow_exceptions: true, **options).profile(&block)
  end

  # The same with the manual clock.
  def profile_by_hand(c_calls: false, **options, &block)
    by_hand(c_calls: c_calls, **options).profile(&block)
  end

  # A new profile with the manual clock.
  def by_hand(c_calls: false, **options)
    profile = RubyProf::Profile.new(allow_exceptions: true, c_calls: c_calls, **options)
    ManualClock.use_manual_clock(profile)
    profile
  end

  def method_names(profile)
    profile.threads.flat_map { |thread| thread.methods.map(&:full_name) }
  end

  # The only method of that full name, in a profile or thread.
  def method_info(from, full_name)
    methods = from.respond_to?(:threads) ? from.threads.flat_map(&:methods) : from.methods
    found = methods.select { |method| method.full_name == full_name }
    return found.first if found.size == 1

    raise "#{found.size} methods named #{full_name} among: #{methods.map(&:full_name).sort.join(", ")}"
  end

  # How often the method of that name was called, 0 if never.
  def calls_of(profile, full_name)
    methods = profile.threads.flat_map(&:methods).select { |method| method.full_name == full_name }
    methods.sum(&:called)
  end

  # All call trees of a thread, parents first.
  def call_trees_of(thread)
    found = [thread.call_tree]
    found.each { |tree| found.concat(tree.children) }
  end

  # The only call tree of a profile whose method has that name.
  def call_tree(profile, full_name)
    trees = profile.threads.flat_map { |thread| call_trees_of(thread) }
    found = trees.select { |tree| tree.target.full_name == full_name }
    return found.first if found.size == 1

    raise "#{found.size} call trees of #{full_name}"
  end

  # Total, self, wait and children time of something, in whole nanoseconds.
  def nanoseconds(of)
    [of.total_time, of.self_time, of.wait_time, of.children_time].map { |time| (time * 1e9).round }
  end

  # The same by name.
  def times(of)
    %i[total self wait children].zip(nanoseconds(of)).to_h
  end
end
