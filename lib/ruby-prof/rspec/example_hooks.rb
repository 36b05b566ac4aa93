# frozen_string_literal: true

module RubyProf
  module TestRun
    module RSpecAdapter
      # Goes in front of RSpec::Core::Example's own methods: hooks that a user may write cannot come between the last
      # before hook and the example.
      module ExampleHooks
        def run(instance, reporter)
          @ruby_prof_recorded = false
          super
        ensure
          # Also after an exit or a signal, of which RSpec records nothing.
          RSpecAdapter.record(self, :ended) unless @ruby_prof_recorded
          @ruby_prof = RSpecAdapter.deliver(@ruby_prof, self)
        end

        private

        # Around everything that belongs to the example.
        def with_around_and_singleton_context_hooks
          whole = TestRun.whole
          return super unless whole

          whole.example_began
          begin
            super
          ensure
            whole.example_left
          end
        end

        def run_before_example
          # Some run an example again when it fails.
          RSpecAdapter.deliver(@ruby_prof, self)
          @ruby_prof = RSpecAdapter.profile_for(self)
          return super unless @ruby_prof

          @ruby_prof.start if @ruby_prof.tag.setup?
          super
          @ruby_prof.start unless @ruby_prof.tag.setup?
        end

        def run_after_example
          return super unless @ruby_prof

          @ruby_prof.stop unless @ruby_prof.tag.setup?
          begin
            super
          ensure
            @ruby_prof.stop
          end
        end

        # Told of every example, also of those that did not run.
        def record_finished(status, reporter)
          super
          @ruby_prof_recorded = true
          RSpecAdapter.record(self, status)
        end
      end

      class << self
        # @return [ExampleProfile, nil] for an example that asks for one
        # @raise [ArgumentError] naming the example, for options that cannot be used
        def profile_for(example)
          value = example.metadata[:ruby_prof]
          return unless Tag.wanted?(value) && !off?

          ExampleProfile.new(value, description: example.full_description, identity: example.id)
        rescue ArgumentError, TypeError => e
          raise ArgumentError, "#{e.message}. It stands at “#{Text.line(example.full_description)}” (#{Text.line(example.location)})",
                [example.location], cause: nil
        end

        # Writes the report, outside of the example's time.
        def deliver(profile, example)
          return unless profile

          write = -> { (report = profile.write(failed: example.execution_result.status == :failed)) && TestRun.reports << report }
          TestRun.whole ? TestRun.whole.unprofiled(&write) : write.call
          nil
        end

        def record(example, status)
          whole = TestRun.whole or return

          result = example.execution_result
          whole.example_recorded(id: example.id, description: example.full_description, location: example.location, status: status,
                                 seconds: result.run_time, failure: (message_of(result.exception) if status == :failed))
        end

        private

        # An exception's message may be anything.
        def message_of(exception)
          exception&.message.to_s
        rescue Exception # rubocop:disable Lint/RescueException
          exception.class.to_s
        end
      end

      HIDDEN.push(RSpecAdapter, ExampleHooks)
    end
  end
end
