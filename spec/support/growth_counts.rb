# frozen_string_literal: true

# Counts calls of one method a second way: with a TracePoint, in Ruby, on the current thread. It knows nothing of the profiler.
module GrowthCounts
  # @param called [String] "Foo#bar" or "Foo.bar"
  # @return [Integer] how often the block calls it
  def self.of(called, &block)
    owner, separator, name = called.partition(/[#.]/)
    name = name.to_sym
    owner = Object.const_get(owner)
    owner = owner.singleton_class if separator == "."
    count = 0
    trace = TracePoint.new(:call, :c_call) do |event|
      # A method that stands in for another is known by the name under which it is called.
      count += 1 if event.callee_id == name && event.defined_class.equal?(owner)
    end
    trace.enable(target_thread: Thread.current, &block)
    count
  end
end
