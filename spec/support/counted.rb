# frozen_string_literal: true

require "call_table"
require "oracle"
require "ruby-prof/counting"

# What Counting counts, as lists of counts by name, to be compared with other ways to count.
module Counted
  COUNTING = RubyProf.send(:const_get, :Counting)
  Target = Struct.new(:owner, :name, :method, :language)

  # Stands in for a Selection: the methods it was made of.
  Chosen = Struct.new(:targets) do
    def changed? = false
  end

  class << self
    # Every call in all threads, by name: lists of counts, since two classes may have one name.
    def every_call(program)
      by_name(COUNTING.run(all_threads: true) { program.call })
    end

    # Each of the methods of the program that outlive it, watched on their own: `[found, expected]`.
    def chosen_calls(program)
      methods = lasting_methods(program)
      chosen = Chosen.new(methods.values)
      found = COUNTING.run(chosen, all_threads: true) { program.call }
      [by_name(found), methods.keys]
    end

    # What the oracle counts over all fibers.
    def expected(program)
      tables = Oracle.record { program.call }
      tables.flat_map { |table| table.counts.to_a }.each_with_object(Hash.new(0)) { |(name, counts), sums| sums[name] += counts.sum }
    end

    def method_named(owner, name)
      method = owner.instance_method(name)
      Target.new(owner, name, method, language(method))
    end

    private

    def by_name(counts)
      counts.edges.each_with_object(Hash.new(0)) do |edge, sums|
        name = edge.callee
        sums[CallTable.name(name.klass_name, name.klass_flags, name.name.to_sym)] += edge.called
      end
    end

    # By name as in the tables: methods in Ruby and C whose owners have names.
    def lasting_methods(program)
      seen = {}
      trace = TracePoint.new(:call, :c_call) { |event| seen[[event.defined_class, event.callee_id]] = event.event }
      trace.enable { program.call }
      seen.each_with_object({}) do |((owner, name), event), methods|
        next if owner.equal?(TracePoint) || !Oracle::NAME.bind_call(owner)

        method = owner.instance_method(name)
        methods[CallTable.name(Oracle::NAME.bind_call(owner), 0, name)] =
          Target.new(owner, name, method, event == :call ? :ruby : :c)
      rescue NameError
        next # It was removed meanwhile.
      end
    end

    def language(method)
      method.source_location ? :ruby : :c
    end
  end
end
