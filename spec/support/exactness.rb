# frozen_string_literal: true

require "call_table"
require "oracle"

# Compares a profile of a program with what the oracle counts in another run of it.
module Exactness
  class << self
    # All differences, a line each; none if the profile is exact.
    def differences(program, c_calls: true)
      warm_up(program)
      expected = Oracle.record(c_calls: c_calls) { program.call }
      profile = RubyProf::Profile.new(allow_exceptions: true, c_calls: c_calls)
      running(profile, program)
      compare(expected, profile)
    end

    # Once for autoload and caches; traced, since the VM compiles some calls otherwise then.
    def warm_up(program)
      Oracle.record { program.call }
    end

    def compare(expected, profile)
      @c_calls = profile.c_calls?
      expected = expected.dup
      unmatched = profile.threads.reject do |thread|
        match = expected.index { |table| thread_differences(table, thread).empty? }
        match ? expected.delete_at(match) : idle?(thread)
      end
      return [] if unmatched.empty? && expected.empty?

      lines = unmatched.zip(expected).flat_map { |thread, table| table ? thread_differences(table, thread) : [] }
      lines + ["threads not matched: #{unmatched.size} recorded, #{expected.size} expected"]
    end

    private

    # A method of its own, so that the profile's root is one that no program calls.
    def running(profile, program)
      profile.profile { program.call }
    end

    # The root of a fiber's tree is either the code that was running when recording began, with the one
    # call that stands for it, or the only method that the fiber called.
    def thread_differences(expected, thread)
      found, root = table(thread)
      as_stand_in = thread.call_tree.called == 1 ? expected.differences(found.without_stand_in(root)) : nil
      return [] if as_stand_in&.empty?

      found.add_edge(CallTable::ROOT, root, thread.call_tree.called)
      as_call = expected.differences(found)
      as_call.empty? ? as_call : (as_stand_in || as_call)
    end

    # Fibers that called nothing are in the profile, since they took time; the oracle has none of them.
    def idle?(thread)
      table, root = table(thread)
      table.without_stand_in(root).empty?
    end

    def table(thread)
      table = CallTable.new
      thread.methods.each do |method|
        table.add_method(name(method), method.called)
        method.call_trees.callers.each do |edge|
          table.add_edge(name(edge.parent.target), name(method), edge.called)
        end
      end
      table = table.without_leaves(built_in(thread)) unless @c_calls
      [table, name(thread.call_tree.target)]
    end

    def built_in(thread)
      thread.methods.select { |method| method.source_file.to_s.start_with?("<internal:") }.map { |method| name(method) }
    end

    def name(method)
      CallTable.name(method.klass_name, method.klass_flags, method.method_name)
    end
  end
end
