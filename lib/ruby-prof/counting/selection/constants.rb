# frozen_string_literal: true

module RubyProf
  module Counting
    class Selection
      # A module by its name, without loading it.
      module Constants
        Reflection = Filter.const_get(:Reflection)

        # What is there: the module, or nil and why. `scope` is the last module on the way, `part` the name that is not in it;
        # `feature` is the file that an autoload would load.
        Lookup = Struct.new(:module, :scope, :part, :value, :feature)

        module_function

        # @param path [String] `Foo::Bar`
        # @return [Lookup]
        def lookup(path)
          scope = ::Object
          path.split("::").each do |part|
            return Lookup.new(nil, scope, part) unless name?(part)

            feature = Reflection.ask(scope, :autoload?, part, false)
            return Lookup.new(nil, scope, part, nil, feature) if feature
            return Lookup.new(nil, scope, part) unless defined_in?(scope, part)

            value = value(scope, part)
            return Lookup.new(nil, scope, part, [value]) unless ::Module === value

            scope = value
          end
          Lookup.new(scope)
        end

        # Those of a superclass or an included module count too, as they do for Ruby.
        def defined_in?(scope, part)
          Reflection.ask(scope, :const_defined?, part, !Reflection.same?(scope, ::Object))
        end

        # @return [Array<Symbol>] constants whose files are not loaded yet
        def unloaded_in(scope)
          Reflection.ask(scope, :constants, false).select { |part| Reflection.ask(scope, :autoload?, part, false) }
        end

        def names_in(scope)
          Reflection.ask(scope, :constants, false)
        end

        # A deprecated constant warns whoever reads it, and it is not the program that does.
        def value(scope, part)
          return Reflection.ask(scope, :const_get, part) unless ::Warning[:deprecated]

          begin
            ::Warning[:deprecated] = false
            Reflection.ask(scope, :const_get, part)
          ensure
            ::Warning[:deprecated] = true
          end
        end

        def name?(part)
          part.match?(/\A[[:upper:]][[:word:]]*\z/)
        end
      end
    end
  end
end
