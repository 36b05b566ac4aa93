# frozen_string_literal: true

require "ruby-prof/pattern_list"

module RubyProf
  class CallProfile
    # Patterns that are of no method the program has: misspelt ones, most likely. Nothing is loaded, and nothing of the
    # program is called, to find that out.
    module Unmatched # :nodoc:
      OWNER = /\A(?:::)?#{PatternList::CONSTANT}\z/

      class << self
        # @param lists [Hash{Symbol => Array}] patterns, by the option they were given for
        # @param methods [Array<Filter::Method>] that were called: what these match is in the program
        # @raise [ArgumentError] naming the first that matches none
        def check(lists, methods)
          lists.each do |option, patterns|
            patterns.each do |pattern|
              reason = fault(pattern)
              next if reason.nil? || matches?(pattern, methods)

              raise ArgumentError, "#{option}: #{Table.shown(pattern.inspect)} matches nothing: #{reason}. Correct it, or leave it out"
            end
          end
        end

        private

        # Only names without stars say what has to be there. One that is not called this time is as good as any.
        def fault(pattern)
          return unless String === pattern && pattern.valid_encoding?
          return missing(pattern.delete_prefix("::"), nil, nil) if OWNER.match?(pattern)

          parts = PatternList::METHOD.match(pattern)
          missing(parts[:owner].delete_prefix("::"), parts[:kind], parts[:name]) if parts && !parts[:name].include?("*")
        end

        def missing(name, kind, method)
          owner = constant(name)
          return "the program has no #{name}" if owner.nil?
          return if kind.nil? || owner == :unloaded || PatternList.defined_in?(owner, kind, method)

          # Its methods may be made when they are first called.
          target = kind == "." ? ::Kernel.instance_method(:singleton_class).bind_call(owner) : owner
          answers = ::Module.instance_method(:instance_method).bind_call(target, :method_missing).owner != ::BasicObject
          "#{name} has no #{kind == "#" ? "instance method" : "method"} #{method}#{" of its own" if kind == "."}" unless answers
        rescue NameError # A module has no method_missing of its own.
          "#{name} has no #{"instance " if kind == "#"}method #{method}"
        end

        # @return [Module, Symbol, nil] :unloaded if it will be there when it is first used
        def constant(name)
          name.split("::").inject(::Object) do |scope, part|
            return :unloaded if ::Module.instance_method(:autoload?).bind_call(scope, part)
            return nil unless ::Module.instance_method(:const_defined?).bind_call(scope, part)

            found = ::Module.instance_method(:const_get).bind_call(scope, part)
            return nil unless ::Module === found

            found
          end
        end

        def matches?(pattern, methods)
          filter = Filter.new(only: [pattern])
          facts = methods.select(&:name).map { |method| [method.full_name, method.klass_name, method.klass_flags, method.name, method.file] }
          filter.hidden(facts).include?(false)
        end
      end
    end
    private_constant :Unmatched
    HIDDEN.push(Unmatched, PatternList)
  end
end
