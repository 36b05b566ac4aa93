# frozen_string_literal: true

require "objspace"

# While collections are recorded the VM makes objects the short way (ext/ruby_prof/src/vm/objects.rs), unless somebody wants to know of them.
RSpec.describe "new objects while collections are recorded", stress: false do
  def allocated_line
    line = __LINE__ + 1
    object = Object.new
    [ObjectSpace.allocation_sourceline(object), line]
  end

  it "are seen by a tracer that was there before, and by one that comes meanwhile" do
    ObjectSpace.trace_object_allocations do
      profile(c_calls: false) { expect(allocated_line.uniq.size).to eq 1 }
      expect(allocated_line.uniq.size).to eq 1
    end
    profile(c_calls: false) do
      ObjectSpace.trace_object_allocations { expect(allocated_line.uniq.size).to eq 1 }
    end
    expect(allocated_line.first).to be_nil
  end

  it "are counted by another profile, and collections by this one" do
    counted = RubyProf::Profile.new(measure_mode: RubyProf::ALLOCATIONS)
    result = profile do
      counted.start
      100.times { Object.new }
      counted.stop
      GC.start
    end
    made = counted.threads.sum { |thread| thread.methods.sum(&:self_time) }
    expect(made).to be >= 100
    collector = method_info(result, "<Module::GC>#start")
    expect(collector.gc_time).to be > 0
  end
end
