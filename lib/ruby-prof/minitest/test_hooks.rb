# frozen_string_literal: true

module RubyProf
  module TestRun
    module MinitestAdapter
      # Goes in front of Minitest::Test's own methods.
      module TestHooks
        def run
          whole = TestRun.whole
          # Minitest 6 has another name for it.
          order = self.class.respond_to?(:test_order) ? self.class.test_order : self.class.run_order
          alone = order != :parallel
          @ruby_prof = MinitestAdapter.profile_for(self, alone)
          whole&.example_began(alone: alone)
          result = super
        ensure
          @ruby_prof&.stop
          whole&.example_left(alone: alone)
          # An exit or a signal, of which Minitest records nothing.
          MinitestAdapter.ended(self) if whole && result.nil?
          MinitestAdapter.deliver(@ruby_prof, self)
        end

        # Setup begins.
        def before_setup
          @ruby_prof&.begin(self)
          super
        end

        # The test method is over.
        def before_teardown
          @ruby_prof&.leave_body
          super
        end
      end

      # The profile of one test.
      class TestProfile
        def initialize(test, value, alone)
          @test = test
          @value = value
          @alone = alone
        end

        # @raise [ArgumentError] for options that cannot be used, as the test's failure
        def begin(test)
          name = MinitestAdapter.identity(test.class, test.name)
          @profile = ExampleProfile.new(@value, description: name, identity: name, threads: @alone ? nil : [::Thread.current])
          @profile.tag.setup? ? @profile.start : (@body = BodyHooks.put_on(test))
        rescue ArgumentError, TypeError => e
          @profile = nil
          raise ArgumentError, "#{e.message}. It stands at #{Text.line(name)}", [MinitestAdapter.location(test)], cause: nil
        end

        def start
          @profile&.start
        end

        # Takes our hook away: where the test is defined can be asked again.
        def leave_body
          BodyHooks.take_off(@body, @test.name) if @body
          @body = nil
        end

        def stop
          @profile&.stop
        end

        def write(failed:)
          @profile&.write(failed: failed)
        end
      end

      # Around the test method itself, between setup and teardown.
      module BodyHooks
        class << self
          # @return [Module] in front of this one test's method
          def put_on(test)
            hooks = Module.new
            hooks.define_method(test.name) do
              @ruby_prof.start
              super()
            ensure
              @ruby_prof.stop
            end
            HIDDEN.push(hooks)
            test.singleton_class.prepend(hooks)
            hooks
          end

          def take_off(hooks, name)
            hooks.send(:remove_method, name)
            HIDDEN.delete_if { |listed| listed.equal?(hooks) }
          end
        end
      end

      class << self
        # @return [TestProfile, nil]
        def profile_for(test, alone)
          value = test.class.respond_to?(:ruby_prof_tag) ? test.class.ruby_prof_tag(test.name) : nil
          TestProfile.new(test, value, alone) if Tag.wanted?(value)
        end

        # A test that ended the run.
        def ended(test)
          name = identity(test.class, test.name)
          TestRun.whole.example_recorded(id: name, description: name, location: location(test), status: :ended, seconds: test.time)
        end

        # @return [String] file:line of a test
        def location(test)
          file, line = test.class.instance_method(test.name).source_location
          "#{TestRun.output.shown(file.to_s)}:#{line}"
        end

        def deliver(profile, test)
          return unless profile

          write = -> { (report = profile.write(failed: test.failures.any? && !test.skipped?)) && TestRun.reports << report }
          TestRun.whole ? TestRun.whole.unprofiled(&write) : write.call
        end
      end

      HIDDEN.push(MinitestAdapter, TestHooks, TestProfile, BodyHooks)
    end
  end
end
