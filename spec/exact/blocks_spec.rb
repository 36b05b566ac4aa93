# frozen_string_literal: true

require "exactness"
require "programs"

# The blocks of every program, counted a second way: with a TracePoint, by the name of the method they are written in.
RSpec.describe "Blocks" do
  # From 3.3 on Ruby runs methods of its own like Array#first without a call, for as long as it remembers that nobody listens; what makes
  # it forget that (vm_trace.c, `rb_clear_bf_ccs`) depends on who listened before. So it may see to such calls in one recording only.
  def complaints(expected, profile)
    found = Exactness.compare(expected, profile)
    others = found.reject { |complaint| of_ruby_itself?(complaint) }
    return others if others.size == found.size

    others.reject { |complaint| complaint.start_with?("threads not matched") }
  end

  def of_ruby_itself?(complaint)
    owner, name = complaint.scan(/\["(\w+)", 0, :([\w?!]+)\]/).last
    method = owner && Object.const_defined?(owner) && Object.const_get(owner).instance_method(name)
    method && method.source_location.to_a.first.to_s.start_with?("<internal:")
  rescue NameError
    false
  end

  # Calls of blocks, without those that are methods made of blocks: these have a call event as well.
  def blocks_by_trace_point(program)
    counts = Hash.new(0)
    trace = TracePoint.new(:call, :b_call) do |event|
      next if TracePoint.equal?(event.defined_class)

      if event.event == :b_call
        counts[event.callee_id.to_s] += 1
      elsif made_of_block?(event.defined_class, event.callee_id)
        counts[event.callee_id.to_s] -= 1
      end
    end
    trace.enable
    program.call
    trace.disable
    counts.reject { |_, count| count.zero? }
  ensure
    trace.disable
  end

  def made_of_block?(owner, name)
    method = Module.instance_method(:instance_method).bind_call(owner, name)
    RubyVM::InstructionSequence.of(method)&.label.to_s.match?(/\Ablock (?:in|\()/)
  rescue NameError
    false
  end

  def recorded_blocks(program)
    profile = RubyProf::Profile.new(blocks: true, allow_exceptions: true)
    profiled_block_of_this_spec(profile, program)
    counts = Hash.new(0)
    profile.threads.flat_map(&:methods).each do |method|
      name = method.method_name.to_s[/\Ablock (?:\(\d+ levels\) )?in (.*)\z/m, 1]
      counts[name] += method.called if name
    end
    expect(counts.delete("profiled_block_of_this_spec")).to eq 1
    counts
  end

  def profiled_block_of_this_spec(profile, program)
    profile.profile { program.call }
  end

  Programs.all.each do |program|
    it "are all counted: #{program.name}", stress: false do
      skip program.obstacle if program.obstacle

      Exactness.warm_up(program)
      expect(recorded_blocks(program)).to eq blocks_by_trace_point(program)
    end

    it "change no count of a method: #{program.name}", stress: false do
      skip program.obstacle if program.obstacle

      Exactness.warm_up(program)
      expected = Oracle.record { program.call }
      profile = RubyProf::Profile.new(blocks: true, allow_exceptions: true)
      profiled_block_of_this_spec(profile, program)
      expect(complaints(expected, profile.without(/\Ablock (?:in|\()/))).to eq []
    end
  end
end
