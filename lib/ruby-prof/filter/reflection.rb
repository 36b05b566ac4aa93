# frozen_string_literal: true

module RubyProf
  class Filter
    # What the VM knows about a program's modules, asked of the VM: programs define `name`, `==`, `hash`,
    # `instance_method`, `inspect` and all else on theirs.
    module Reflection # :nodoc:
      ASK = %i[autoload? const_defined? const_get constants instance_method instance_methods private_instance_methods ancestors <=]
            .to_h { |name| [name, ::Module.instance_method(name)] }.freeze
      # These are asked of all modules there are.
      NAME = ::Module.instance_method(:name)
      IS_SINGLETON = ::Module.instance_method(:singleton_class?)
      DEFINED = ::Module.instance_method(:method_defined?)
      PRIVATE = ::Module.instance_method(:private_method_defined?)
      SINGLETON_CLASS = ::Kernel.instance_method(:singleton_class)
      SINGLETON_METHODS = ::Kernel.instance_method(:singleton_methods)
      PRIVATE_METHODS = ::Kernel.instance_method(:private_methods)
      CLASS = ::Kernel.instance_method(:class)
      EQUAL = ::BasicObject.instance_method(:equal?)
      SUPERCLASS = ::Class.instance_method(:superclass)
      # From Ruby 3.2 on.
      ATTACHED = (::Class.instance_method(:attached_object) if ::Class.method_defined?(:attached_object))
      # Of these the VM gives an object's singleton class no other name than an address.
      NOT_PLAIN = [::String, ::Array, ::Hash, ::Struct, ::Regexp, ::Proc, ::Method, ::IO, ::Range, ::Time, ::Thread, ::Numeric].freeze

      module_function

      def ask(mod, question, *arguments)
        ASK.fetch(question).bind_call(mod, *arguments)
      end

      def same?(one, other)
        EQUAL.bind_call(one, other)
      end

      def singleton?(mod)
        IS_SINGLETON.bind_call(mod)
      end

      def singleton_class_of(object)
        SINGLETON_CLASS.bind_call(object)
      end

      # A module without methods of its own gets no singleton class by being looked at: one that has no name, a
      # refinement for instance, would change its name by that. Classes have theirs from the beginning.
      def singleton_methods?(mod)
        return true if ::Class === mod || SINGLETON_METHODS.bind_call(mod, false).any?

        (PRIVATE_METHODS.bind_call(mod, false) - ask(CLASS.bind_call(mod), :private_instance_methods, false)).any?
      end

      # @return [String] as profiles show it; `#<Class:0x...>` where it has none
      def name(mod)
        utf8(NAME.bind_call(mod) || ::Kernel.instance_method(:to_s).bind_call(mod))
      end

      # @return [Array(String, Integer)] name and klass_flags
      def name_and_flags(mod)
        return [name(mod), 0] unless singleton?(mod)
        return of_object(mod) unless ask(mod, :<=, ::Module)

        object = attached(mod)
        # The singleton class of a singleton class has an address, as that has.
        return [name(mod), MethodInfo::OTHER_SINGLETON] if singleton?(object)

        [name(object), ::Class === object ? MethodInfo::CLASS_SINGLETON : MethodInfo::MODULE_SINGLETON]
      end

      def of_object(singleton)
        real = real_class(singleton)
        return [name(singleton), MethodInfo::OTHER_SINGLETON] if NOT_PLAIN.any? { |type| ask(real, :<=, type) }

        [name(real), MethodInfo::OBJECT_SINGLETON]
      end

      def full_name(klass, flags, name)
        kind = { MethodInfo::CLASS_SINGLETON => "Class", MethodInfo::MODULE_SINGLETON => "Module", MethodInfo::OBJECT_SINGLETON => "Object" }[flags]
        kind ? "<#{kind}::#{klass}>##{name}" : "#{klass}##{name}"
      end

      # The module whose singleton class it is. Up to Ruby 3.1 that takes a look at all objects.
      def attached(singleton)
        return ATTACHED.bind_call(singleton) if ATTACHED

        ::ObjectSpace.each_object(singleton) { |object| return object if same?(singleton_class_of(object), singleton) }
        singleton
      end

      def real_class(mod)
        mod = SUPERCLASS.bind_call(mod) while singleton?(mod)
        mod
      end

      # The method in a module's own table: not an inherited one, and not one that was put before it.
      #
      # @return [UnboundMethod, nil]
      def own_method(mod, name)
        return if none?(mod, name)

        method = ask(mod, :instance_method, name)
        return method if same?(method.owner, mod)

        # What was put before it comes first, and is its own too for `method_defined?`.
        before = ask(mod, :ancestors).take_while { |ancestor| !same?(ancestor, mod) }
        first = method
        method = method.super_method while method && before.any? { |ancestor| same?(ancestor, method.owner) }
        return (method if method && same?(method.owner, mod)) unless method.equal?(first)

        # An alias of an inherited method has the owner of that one.
        return method if first?(mod, name)

        method = method.super_method until method.nil? || same?(method.owner, mod)
        method
      end

      # @return [Boolean] whether its own table has the method
      def own?(mod, name)
        # In this order: most modules have no method of the name, and this is asked of all there are.
        !none?(mod, name) && !own_method(mod, name).nil?
      end

      # Whether it is the one that receivers find.
      def first?(mod, name)
        DEFINED.bind_call(mod, name, false) || PRIVATE.bind_call(mod, name, false)
      end

      # @return [Array<Symbol>] of its own methods
      def own_names(mod)
        ask(mod, :instance_methods, false) + ask(mod, :private_instance_methods, false)
      end

      def none?(mod, name)
        !DEFINED.bind_call(mod, name) && !PRIVATE.bind_call(mod, name)
      end

      # As profiles have names: what cannot be written in UTF-8 is replaced.
      def utf8(text)
        return text if text.ascii_only?

        text = text.encode(::Encoding::UTF_8) unless text.encoding == ::Encoding::UTF_8
        text.valid_encoding? ? text : text.scrub
      rescue ::EncodingError
        text.dup.force_encoding(::Encoding::UTF_8).scrub
      end
    end
    private_constant :Reflection
  end
end
