# frozen_string_literal: true

require "call_table"
require "objspace"

# Counts calls a second way: with a TracePoint, in Ruby. It knows nothing of the profiler.
class Oracle
  # Ruby 3.3 and later tell nobody of most calls of methods like Array#first, which are Ruby's own, are
  # written in Ruby and call nothing, unless C methods are traced as well: without those they are left out.
  #
  # Runs the block and returns a CallTable for each fiber that called something, in the order in which
  # they first did.
  def self.record(c_calls: true, &block)
    new(c_calls).record(&block)
  end

  def initialize(c_calls)
    @events = c_calls ? %i[call return c_call c_return] : %i[call return]
    @fibers = []
    @owners = []
    @numbers = {}.compare_by_identity
    @attached = {}.compare_by_identity
    @built_in = {}
  end

  def record(&block)
    trace = TracePoint.new(*@events) { |event| observe(event) }
    trace.enable
    begin
      block.call
    ensure
      trace.disable
    end
    leaves = @events.include?(:c_call) ? [] : @built_in.keys.map { |method| name(method) }
    @fibers.map { |fiber| table(fiber).without_leaves(leaves) }.reject(&:empty?)
  end

  # A fiber's open calls, and the number of calls by [caller, callee], each [owner, name].
  Fiber = Struct.new(:stack, :edges)

  # Methods of the program may be overridden; these are not.
  SINGLETON_CLASS = Kernel.instance_method(:singleton_class)
  CLASS = Kernel.instance_method(:class)
  ANY_TO_S = Kernel.instance_method(:to_s)
  NAME = Module.instance_method(:name)
  SUPERCLASS = Class.instance_method(:superclass)
  IS_SINGLETON = Module.instance_method(:singleton_class?)

  private

  def observe(event)
    owner = event.defined_class
    return if TracePoint.equal?(owner)

    # Index access to a Thread is local to the fiber.
    fiber = ::Thread.current[:oracle]
    unless fiber && fiber.first.equal?(self)
      fiber = [self, Fiber.new([], Hash.new(0))]
      ::Thread.current[:oracle] = fiber
      @fibers << fiber.last
    end
    fiber = fiber.last

    case event.event
    when :call, :c_call
      method = [number(owner, event.self), event.callee_id]
      fiber.edges[[fiber.stack.last, method]] += 1
      fiber.stack.push(method)
      @built_in[method] = true if event.event == :call && event.path.start_with?("<internal:")
    else
      fiber.stack.pop
    end
  end

  def number(owner, receiver)
    @numbers[owner] ||= begin
      @attached[owner] = attached(owner, receiver) if IS_SINGLETON.bind_call(owner)
      @owners.push(owner).size - 1
    end
  end

  # What a singleton class is of: the receiver of its method, or a superclass of that.
  def attached(owner, receiver)
    object = receiver
    object = SUPERCLASS.bind_call(object) until SINGLETON_CLASS.bind_call(object).equal?(owner)
    object
  end

  def table(fiber)
    table = CallTable.new
    fiber.edges.group_by { |(_, callee), _| callee }.each do |callee, edges|
      table.add_method(name(callee), edges.sum(&:last))
      edges.each { |(caller, _), called| table.add_edge(caller ? name(caller) : CallTable::ROOT, name(callee), called) }
    end
    table
  end

  def name(method)
    owner = @owners[method.first]
    CallTable.name(*class_name_and_flags(owner), method.last)
  end

  def class_name_and_flags(owner)
    return [module_name(owner), 0] unless IS_SINGLETON.bind_call(owner)

    object = @attached.fetch(owner)
    case object
    when Class then [module_name(object), RubyProf::MethodInfo::CLASS_SINGLETON]
    when Module then [module_name(object), RubyProf::MethodInfo::MODULE_SINGLETON]
    else
      if ObjectSpace.dump(object).include?('"type":"OBJECT"')
        [module_name(CLASS.bind_call(object)), RubyProf::MethodInfo::OBJECT_SINGLETON]
      else
        [module_name(owner), RubyProf::MethodInfo::OTHER_SINGLETON]
      end
    end
  end

  def module_name(owner)
    NAME.bind_call(owner) || ANY_TO_S.bind_call(owner)
  end
end
