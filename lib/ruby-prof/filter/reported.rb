# frozen_string_literal: true

require "ruby-prof/filter/reflection"

module RubyProf
  class Filter
    # How calls of a method are reported: under which owner and name, as a call of Ruby or of C, or not at all.
    module Reported # :nodoc:
      # The VM runs them without an event, whoever calls.
      UNREPORTED = [[::Kernel, :send], [::BasicObject, :__send__], [::Proc, :call], [::Proc, :[]], [::Proc, :===], [::Proc, :yield]]
                   .map { |mod, name| mod.instance_method(name) }.reject(&:source_location).to_h { |method| [[method.hash, method.name], true] }.freeze
      MEMBERS_UNREPORTED = ::RUBY_VERSION < "3.3"
      # Of `define_method(:name, &:other)`; no function in C has such.
      OF_SYMBOL = [[:req], [:rest]].freeze

      module_function

      # @param holder [Module] whose own table has the method
      # @return [Array<Module>] the owners that events of its calls have: mostly the holder itself. Two where an alias of
      #   a method in C may be of either
      def owners(holder, method)
        return [holder] if method.name == method.original_name

        origin, certain = origin(holder, method)
        return [holder] unless origin

        certain ? [origin] : [origin, holder]
      end

      # An alias of a class's method is the class's own; but calls of an alias of a module's method are reported with that
      # module (the VM keeps what `super` needs). A copy has the same hash as what it is a copy of, such an alias has not.
      def origin(holder, method)
        certain = true
        Reflection.ask(holder, :ancestors).each do |ancestor|
          next unless (first = Reflection.own_method(ancestor, method.original_name))
          return if first.hash == method.hash
          next certain = false if ::Class === ancestor || first.source_location != method.source_location

          return [ancestor, certain || !method.source_location.nil?]
        end
        nil
      end

      # Where `private :name` in a subclass leaves the method: where it was.
      #
      # @return [Module, nil] the owner, if the holder only says who may call it
      def elsewhere(holder, method)
        return if method.name != method.original_name

        owner = after(holder).find { |ancestor| !Reflection.none?(ancestor, method.name) && Reflection.own?(ancestor, method.name) }
        return unless owner && (first = Reflection.own_method(owner, method.name)).hash == method.hash

        # A copy made by define_method has what it is a copy of above it.
        above = method.super_method
        return if above && Reflection.same?(above.owner, owner)

        elsewhere(owner, first) || owner
      end

      def after(holder)
        ancestors = Reflection.ask(holder, :ancestors)
        ancestors.drop(ancestors.index { |ancestor| Reflection.same?(ancestor, holder) }.to_i + 1)
      end

      # @param object [Method, UnboundMethod]
      # @return [Array(Module, UnboundMethod), nil] the module that has it, nil if none does: method_missing answers
      def found(object)
        holder = object.owner
        return unless (method = Reflection.own_method(holder, object.name))

        owner = elsewhere(holder, method)
        owner ? [owner, Reflection.own_method(owner, object.name)] : [holder, method]
      end

      # @return [Filter::Method] as it is named in a profile
      def fact(owner, method)
        klass, flags = Reflection.name_and_flags(owner)
        name = Reflection.utf8(method.name.name)
        file, line = method.source_location
        Method.new(Reflection.full_name(klass, flags, name), klass, flags, name, file, line)
      end

      # @return [Symbol] :ruby where its calls are call events, :c where they are c_call events: attr_reader too, and
      #   some of Ruby's own methods that are written in Ruby
      def language(method)
        code = ::RubyVM::InstructionSequence.of(method)
        return :c unless code

        internal = code.path.start_with?("<internal:")
        internal && code.trace_points.any? { |event, _line| event == :c_call } ? :c : :ruby
      end

      # @return [String, nil] why no event tells of its calls
      def silence(holder, method)
        if UNREPORTED.key?([method.hash, method.original_name]) || unreported_alias?(holder, method)
          "Ruby runs it without an event"
        elsif MEMBERS_UNREPORTED && member?(holder, method)
          "Ruby #{::RUBY_VERSION} reads and sets members of a Struct without an event"
        elsif borrowed?(method)
          "it was made of another method by define_method(#{method.name.inspect}, &...), and only that one's calls are events"
        end
      end

      def unreported_alias?(holder, method)
        return false if method.name == method.original_name || method.source_location

        origin(holder, method)&.first&.then { |mod| UNREPORTED.key?([Reflection.own_method(mod, method.original_name).hash, method.original_name]) }
      end

      def member?(holder, method)
        return false unless !method.source_location && ::Class === holder && Reflection.ask(holder, :<=, ::Struct) && !Reflection.singleton?(holder)

        empty = ::Class.instance_method(:allocate).bind_call(holder)
        name = method.original_name.name.delete_suffix("=").to_sym
        ::Struct.instance_method(:members).bind_call(empty).include?(name) && method.arity == (method.original_name.end_with?("=") ? 1 : 0)
      rescue ::TypeError
        false # A class between Struct and those with members.
      end

      def borrowed?(method)
        code = ::RubyVM::InstructionSequence.of(method)
        return method.parameters == OF_SYMBOL unless code

        !code.label.start_with?("block ") && code.base_label != method.original_name.name && !code.path.start_with?("<internal:")
      end
    end
    private_constant :Reported
  end
end
