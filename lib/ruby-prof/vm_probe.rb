# frozen_string_literal: true

module RubyProf
  # A program whose every event is known, run once before the first profile: the extension compares
  # what it reads in the VM's own structures with what Ruby's public functions say, and uses the
  # structures only if they agree (ext/ruby_prof/src/vm/probe.rs).
  module VMProbe # :nodoc:
    INSTANCE_METHOD = ::Module.instance_method(:instance_method)
    SOURCE_LOCATION = ::UnboundMethod.instance_method(:source_location)

    class << self
      # @param pairs [Array] owners and names of methods that have no file of their own: class, name, class, name
      # @return [Array<Boolean>] which of them are attributes' readers and writers: those have the place of the attribute
      def attributes(pairs)
        pairs.each_slice(2).map { |owner, name| attribute?(owner, name) }
      end

      def attribute?(owner, name)
        !SOURCE_LOCATION.bind_call(INSTANCE_METHOD.bind_call(owner, name)).nil?
      rescue NameError, TypeError
        # It is gone by now.
        false
      end

      def run
        caller_of_callee
        block_alias
        with_match
        Fiber.new { through_c }.resume
        caller_of_callee
        nil
      end

      # What is looked at while it runs.
      def methods_of_probe
        %i[run caller_of_callee callee block_alias with_match through_c in_fiber].map { |name| method(name) }
      end

      # Called at the start of every profile: the event of this call shows the running fiber's stack. It has two calls with blocks, which
      # are never made: are they found? (ext/ruby_prof/src/vm/blocks.rs)
      def touch
        return unless @never

        [].each { touch }
        each_of_none { touch }
      end

      # Two operators, the second in code that is compiled now, and a call of a function in C with each: are they left alone,
      # and left alone again after they were counted? (ext/ruby_prof/src/vm/operators.rs, relief.rs)
      def operate
        one = 1
        (one + one).to_s
        eval("(one + one).to_s", binding, __FILE__, __LINE__)
      end

      def caller_of_callee
        callee
      end

      def callee; end

      define_method(:block_method) { nil }
      alias block_alias block_method

      def with_match
        "probe" =~ /probe/
        $~
      end

      def through_c
        public_send(:in_fiber)
      end

      def in_fiber; end
    end
  end
  private_constant :VMProbe
end
