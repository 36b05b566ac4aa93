# frozen_string_literal: true

# Counts calls a second way, slowly and simply: with a TracePoint, in Ruby. It knows patterns without wildcards only.
module NaiveCounting
  Method = ::Struct.new(:full_name, :klass_name, :klass_flags, :name, :file, :line)
  Edge = ::Struct.new(:callee, :caller, :file, :line, :called)
  Counts = ::Struct.new(:value, :edges, :objects) do
    def called
      edges.sum(&:called)
    end

    def stale?
      false
    end
  end
  Frame = ::Struct.new(:method, :file, :line)
  FanOut = ::Struct.new(:method, :activations, :least, :most, :called)
  Analysis = ::Struct.new(:counts, :profile, :stacks, :fan_outs)
  Target = ::Struct.new(:owner, :name, :method, :language)
  GLOBAL = Method.new("[global]#", "[global]", 0, nil, nil, 0)

  class Selection
    NoMethodMatches = ::Class.new(::ArgumentError)

    def initialize(*patterns)
      patterns.each { |each| raise ::ArgumentError, "no pattern" unless [::String, ::Method, ::UnboundMethod].any? { |kind| kind === each } }
      @patterns = patterns
    end

    def targets
      found = @patterns.filter_map { |pattern| target(pattern) }
      return found if found.any?

      raise NoMethodMatches, "#{self} matches no method that is loaded"
    end

    def match?(method)
      targets.any? { |target| NaiveCounting.full_name(target.owner, target.name) == method.full_name }
    end

    def to_s
      @patterns.join(", ")
    end

    private

    def target(pattern)
      return Target.new(pattern.owner, pattern.name, pattern, pattern.source_location ? :ruby : :c) unless ::String === pattern

      owner, kind, name = pattern.match(/\A(.+)([#.])(\S+)\z/)&.captures
      owner = owner && Object.const_defined?(owner) && Object.const_get(owner)
      owner = owner.singleton_class if owner && kind == "."
      return unless owner && (owner.method_defined?(name) || owner.private_method_defined?(name))

      target(owner.instance_method(name))
    end
  end

  class << self
    def run(selection = nil, all_threads: false, objects: false, arguments: [], &block)
      trace = Trace.new(selection&.targets, all_threads)
      before = GC.stat(:total_allocated_objects)
      value = trace.run { yield(*arguments) }
      Counts.new(value, trace.edges, objects ? GC.stat(:total_allocated_objects) - before : nil)
    end

    def objects(**options, &block)
      run(Selection.new("Object#display"), objects: true, **options, &block)
    end

    def analyse(selection, all_threads: false, arguments: [], track_allocations: false, &block)
      trace = Trace.new(selection&.targets, all_threads)
      profile = RubyProf::Profile.new(allow_exceptions: true)
      value = nil
      profile.profile { value = trace.run { yield(*arguments) } }
      Analysis.new(Counts.new(value, trace.edges, nil), profile, trace.stacks, trace.fan_outs)
    end

    def full_name(owner, name)
      return "#{owner.inspect}##{name}" unless owner.singleton_class?

      "<Class::#{owner.inspect[/\A#<Class:(.*)>\z/, 1]}>##{name}"
    end
  end

  # Follows all calls; those of interest are counted.
  class Trace
    Activation = ::Struct.new(:method, :called, :file, :line)
    HOME = ::File.expand_path("../../lib", __dir__)

    def initialize(targets, all_threads)
      @targets = targets&.map { |target| [target.owner, target.name] }
      @thread = all_threads ? nil : ::Thread.current
      @edges = ::Hash.new(0)
      @stacks = ::Hash.new(0)
      @open = ::Hash.new { |hash, fiber| hash[fiber] = [] }
      @activations = ::Hash.new { |hash, method| hash[method] = [] }
      @methods = {}
    end

    def run
      result = nil
      trace = ::TracePoint.new(:call, :c_call, :return, :c_return) { |event| observe(event) }
      trace.enable
      begin
        result = yield
      ensure
        trace.disable
      end
      result
    end

    def edges
      @edges.map { |(callee, caller, file, line), called| Edge.new(callee, caller, file, line, called) }
    end

    def stacks
      @stacks.map { |frames, called| [called, frames] }
    end

    def fan_outs
      @activations.filter_map do |method, counts|
        FanOut.new(method, counts.size, counts.min, counts.max, counts.sum) if counts.any?(&:positive?)
      end
    end

    private

    def observe(event)
      return if ::TracePoint === event.self || event.path.start_with?(HOME) || __FILE__ == event.path
      return if @thread && !@thread.equal?(::Thread.current)

      stack = @open[::Fiber.current]
      %i[call c_call].include?(event.event) ? enter(event, stack) : leave(stack)
    end

    def leave(stack)
      ended = stack.pop
      @activations[ended.method] << ended.called if ended && stack.none? { |each| each.method == ended.method }
    end

    def enter(event, stack)
      method = method(event)
      caller = stack.last&.method || GLOBAL
      place = caller_locations(event.event == :call ? 4 : 3, 1).first unless caller.file.nil? && !caller.name.nil?
      file = place&.absolute_path || place&.path
      line = place&.lineno.to_i
      stack.last&.file = file
      stack.last&.line = line
      if @targets.nil? || @targets.include?([event.defined_class, event.method_id])
        @edges[[method, caller, file, line]] += 1
        frames = stack.reverse.map { |each| Frame.new(each.method, each.file, each.line) }
        frames << Frame.new(GLOBAL, file, line) if frames.empty?
        @stacks[frames] += 1
        stack.each { |each| each.called += 1 }
      end
      stack.push(Activation.new(method, 0, nil, 0))
    end

    def method(event)
      in_c = event.event == :c_call
      @methods[[event.defined_class, event.method_id]] ||=
        Method.new(NaiveCounting.full_name(event.defined_class, event.method_id), event.defined_class.inspect, 0, event.method_id,
                   in_c ? nil : event.path, in_c ? 0 : event.lineno)
    end
  end
end

module RubyProf
  Counting.const_set(:Selection, NaiveCounting::Selection) unless File.exist?(File.expand_path("../../lib/ruby-prof/counting/selection.rb", __dir__))
  unless File.exist?(File.expand_path("../../lib/ruby-prof/growth.rb", __dir__))
    module Growth
      CLASSES = %i[constant logarithmic linear n_log_n quadratic cubic exponential].freeze

      def self.of(sizes, counts)
        return :constant if counts.uniq.one?

        slope = Math.log(counts.last.to_f / [counts.first, 1].max) / Math.log(sizes.last.to_f / sizes.first)
        slope < 0.3 ? :logarithmic : slope < 1.05 ? :linear : slope < 1.4 ? :n_log_n : slope < 2.2 ? :quadratic : :cubic
      end

      def self.exceeds?(bound, sizes, counts)
        CLASSES.index(of(sizes, counts)) > CLASSES.index(bound)
      end
    end

  end
  unless File.exist?(File.expand_path("../../lib/ruby-prof/test_run.rb", __dir__))
    module TestRun
      def self.write_report(_profile, name:)
        "tmp/ruby-prof/#{name.gsub(/\W+/, "_")}.html"
      end

      def self.measured(**) = nil
    end
  end
end
