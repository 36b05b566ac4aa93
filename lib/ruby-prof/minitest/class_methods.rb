# frozen_string_literal: true

module RubyProf
  module TestRun
    module MinitestAdapter
      # What test classes can say.
      module ClassMethods
        # Profiles tests of this class, each into a report of its own:
        #
        #   ruby_prof :test_import
        #   ruby_prof :test_import, printer: :flame_graph, mode: :allocations
        #   ruby_prof printer: :flat          # all tests of the class and of those derived from it
        #   ruby_prof :test_import, false     # not this one
        #
        # In a spec: `ruby_prof it("imports") { ... }`.
        #
        # @param names [Symbol, String, false] tests; without any, all
        # @param options as for `ruby_prof:` of an RSpec example
        # @return [Symbol, nil] the first name
        def ruby_prof(*names, **options)
          off = names.delete(false) == false
          names = names.flatten
          strange = names.reject { |name| ::Symbol === name || ::String === name }
          raise ArgumentError, "ruby_prof takes names of tests, not #{strange.first.class}" if strange.any?

          value = off ? false : (options.empty? || options)
          names.empty? ? ruby_prof_tags[nil] = value : names.each { |name| ruby_prof_tags[name.to_s] = value }
          names.first&.to_sym
        end

        # @return [Hash] what this class says, by name; nil for all tests
        def ruby_prof_tags
          @ruby_prof_tags ||= {}
        end

        # @return what is said of a test: here, or in a class above; nil if nothing is
        def ruby_prof_tag(name)
          return ruby_prof_tags[name] if ruby_prof_tags.key?(name)
          return ruby_prof_tags[nil] if ruby_prof_tags.key?(nil)

          superclass.ruby_prof_tag(name) if superclass.respond_to?(:ruby_prof_tag)
        end

        # Names a test that is not there, once all are.
        def runnable_methods
          found = super
          (ruby_prof_tags.keys.compact - found).each do |name|
            TestRun.output.problem("ruby_prof :#{name} in #{self}: there is no such test") unless method_defined?(name)
          end
          found
        end
      end
    end
  end
end
