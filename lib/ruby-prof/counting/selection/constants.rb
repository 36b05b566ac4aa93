# frozen_string_literal: true

module RubyProf
  module Counting
    class Selection
      # A module by its name, without loading it.
      module Constants
        # What is there: the module, or nil and why. `scope` is the last module on the way, `part` the name that is not in it;
        # `feature` is the file that an autoload would load.
        Lookup = Struct.new(:module, :scope, :part, :value, :feature)

        module_function

        # @param path [String] `Foo::Bar`
        # @return [Lookup]
        def lookup(path)
          scope = ::Object
          path.split("::", -1).each do |part|
            holder = name?(part) ? holder(scope, part) : nil
            return Lookup.new(nil, scope, part) unless holder

            feature = Reflection.ask(holder, :autoload?, part, false)
            return Lookup.new(nil, scope, part, nil, feature) if feature

            value = value(holder, part)
            return Lookup.new(nil, scope, part, [value]) unless ::Module === value

            scope = value
          end
          Lookup.new(scope)
        end

        # The module that has the constant: as for Ruby, a superclass or an included module may, but not Object.
        def holder(scope, part)
          return (scope if Reflection.ask(scope, :const_defined?, part, false)) if Reflection.same?(scope, ::Object)

          ancestors = Reflection.ask(scope, :ancestors).take_while { |ancestor| !Reflection.same?(ancestor, ::Object) }
          ancestors.find { |ancestor| Reflection.ask(ancestor, :const_defined?, part, false) }
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
          return Reflection.ask(scope, :const_get, part, false) unless ::Warning[:deprecated]

          begin
            ::Warning[:deprecated] = false
            Reflection.ask(scope, :const_get, part, false)
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
