# frozen_string_literal: true

module RubyProf
  module Counting
    class Selection
      # A loaded method: the module whose table it is in, and what the VM reports of its calls.
      class Found
        Reported = Filter.const_get(:Reported)

        # @return [UnboundMethod]
        attr_reader :method

        def initialize(holder, method)
          @holder = holder
          @method = method
        end

        def name
          @method.name
        end

        # @return [UnboundMethod, nil] what the module has by now
        def again
          Selection::Reflection.own_method(@holder, name)
        end

        # @return [Array<Module>]
        def owners
          @owners ||= Reported.owners(@holder, @method)
        end

        def facts
          owners.map { |owner| Reported.fact(owner, @method) }
        end

        def named_as_written?
          owners.all? { |owner| Selection::Reflection.same?(owner, @holder) }
        end

        def language
          Reported.language(@method)
        end

        # @return [String, nil] why its calls cannot be counted
        def silence
          return @silence if defined?(@silence)

          @silence = Reported.silence(@holder, @method)
        end

        # @return [Module, nil] where the method is, if the holder only says who may call it
        def elsewhere
          Reported.elsewhere(@holder, @method)
        end

        # @return [String] as a person writes it
        def to_s
          Found.written(@holder, @method.name)
        end

        def self.written(owner, name)
          klass, flags = Selection::Reflection.name_and_flags(owner)
          kind = (flags & (MethodInfo::CLASS_SINGLETON | MethodInfo::MODULE_SINGLETON)).zero? ? "#" : "."
          "#{klass}#{kind}#{Selection::Reflection.utf8(name.name)}"
        end
      end
    end
  end
end
