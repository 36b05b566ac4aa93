# frozen_string_literal: true

require "ruby-prof/test_run"
require "minitest"
require "minitest/test"
require "ruby-prof/minitest/test_hooks"
require "ruby-prof/minitest/class_methods"
require "ruby-prof/minitest/run_reporter"

module RubyProf
  module TestRun
    # What Minitest tells a run.
    module MinitestAdapter
      class << self
        def install
          return if @installed

          @installed = true
          TestRun.begin("Minitest")
          ::Minitest::Test.prepend(TestHooks)
          # In front of Minitest's own, which it asks for the list of tests.
          ::Minitest::Test.singleton_class.prepend(ClassMethods)
          ::Minitest.singleton_class.prepend(Plugin)
          ::Minitest.extensions << "ruby_prof" unless ::Minitest.extensions.include?("ruby_prof")
        end

        # @return [String] the same in every run
        def identity(class_name, name)
          "#{class_name}##{name}"
        end
      end

      # How Minitest finds what else is to hear of a run.
      module Plugin
        def plugin_ruby_prof_init(options)
          reporter << RunReporter.new(options[:io])
        end
      end
    end
  end
end

RubyProf.send(:const_get, :TestRun)::MinitestAdapter.install
