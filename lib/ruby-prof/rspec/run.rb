# frozen_string_literal: true

require "ruby-prof/test_run"
require "rspec/core"
require "ruby-prof/rspec/example_hooks"
require "ruby-prof/rspec/run_listener"

module RubyProf
  module TestRun
    # What RSpec tells a run.
    module RSpecAdapter
      # Our frames in a failure's backtrace tell nobody anything.
      OURS = %r{/lib/ruby-prof/(?:rspec|minitest|test_run)[/.]}

      class << self
        def install
          return if @installed

          @installed = true
          check_version
          TestRun.begin("RSpec")
          ::RSpec::Core::Example.prepend(ExampleHooks)
          adapter = self
          ::RSpec.configure do |config|
            config.backtrace_exclusion_patterns << OURS
            config.prepend_before(:suite) { adapter.suite_began(config) }
          end
        end

        # Not called in a dry run.
        def suite_began(config)
          return TestRun.abandon || (@off = true) if bisecting?(config)

          ForTestProf.install
          TestRun.whole&.suite_began
          config.reporter.register_listener(RunListener.new, :dump_summary)
        end

        # @return [Boolean] whether examples are profiled: not while RSpec looks for the cause of a failure
        def off?
          @off || false
        end

        private

        def bisecting?(config)
          config.formatters.any? { |formatter| formatter.class.name.to_s.include?("Bisect") }
        end

        # What we go in front of is RSpec's own business, and may be gone one day.
        def check_version
          missing = ExampleHooks.private_instance_methods(false).reject { |name| ::RSpec::Core::Example.private_method_defined?(name) }
          return if missing.empty?

          raise Error, "ruby-prof/rspec does not know this version of RSpec (#{::RSpec::Core::Version::STRING}): it has no #{missing.join(", ")}"
        end
      end
    end
  end
end

RubyProf.send(:const_get, :TestRun)::RSpecAdapter.install
