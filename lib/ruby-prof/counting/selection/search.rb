# frozen_string_literal: true

module RubyProf
  module Counting
    class Selection
      # Where to look for the methods that a pattern means.
      module Search
        module_function

        # Whether the VM has another entry for a method by now: one that was replaced and put back has. Where it makes
        # entries anew for whoever asks, what they say is compared.
        #
        # @param before [UnboundMethod]
        # @yieldreturn [UnboundMethod, nil] as it is now
        def replaced?(before)
          now = yield
          return true if now.nil?
          return false if Counter.method_entry(before) == Counter.method_entry(now)

          Counter.method_entry(now) == Counter.method_entry(yield) || before != now
        end

        # @return [Found, nil] if the method is the module's own
        def own(holder, name)
          method = Reflection.own_method(holder, name)
          return unless method

          found = Found.new(holder, method)
          found unless found.elsewhere
        end

        # @param kind [String] "#" or "."
        def holder(mod, kind)
          kind == "." ? Reflection.singleton_class_of(mod) : mod
        end

        # @return [Module, nil] by the name that profiles have for it
        def module_named(path)
          mod = Constants.lookup(path).module
          mod if mod && Reflection.name(mod) == Reflection.utf8(path)
        end

        # "Foo#bar"
        class Named
          attr_reader :path, :kind, :name

          def initialize(_pattern, match)
            @path = match[:owner]
            @kind = match[:kind]
            @name = match[:name].to_sym
          end

          def methods
            mod = Search.module_named(path)
            return [] unless mod

            holder = Search.holder(mod, kind)
            @found = [Search.own(holder, name) || in_another_encoding(holder)].compact
          end

          # Whether the program has put something in the place of what was found last. Quicker than to look for it again.
          def changed?
            return true unless (mod = Search.module_named(path)) && (last = @found&.first&.method)

            holder = Search.holder(mod, kind)
            Search.replaced?(last) { Reflection.own_method(holder, last.name) }
          end

          private

          # To Ruby that is another name; a profile shows the same.
          def in_another_encoding(holder)
            return if name.name.ascii_only?

            other = Reflection.own_names(holder).find { |each| Reflection.utf8(each.name) == name.name }
            Search.own(holder, other) if other
          end
        end

        # A search that has to be made again to say whether it finds something else.
        module Repeated
          # @return [Boolean] whether other methods are found than by the search before
          def changed?
            last = @found || []
            now = methods
            now.length != last.length || now.zip(last).any? { |one, before| Search.replaced?(before.method) { one.again } }
          end
        end

        # "Foo#find_*"
        class Owned
          include Repeated

          attr_reader :path, :kind, :glob

          def initialize(glob, *)
            @glob = glob
            @path = glob.owner
            @kind = glob.kind
          end

          def methods
            return [] unless (mod = Search.module_named(path))

            holder = Search.holder(mod, kind)
            names = Reflection.own_names(holder).select { |name| glob.name?(Reflection.utf8(name.name)) }
            @found = names.filter_map { |name| Search.own(holder, name) }
          end
        end

        # A Method object.
        class Given
          include Repeated

          attr_reader :object

          def initialize(_pattern, object)
            @object = object
          end

          def methods
            owner, method = Found::Reported.found(object)
            @found = owner ? [Found.new(owner, method)] : []
          end
        end

        # All modules that there are, but for those of ours that no profile shows. Constants are no way to them: some are
        # private, and nothing lists those.
        class Everywhere
          include Repeated

          # @return [String, nil] of the module where the pattern begins
          attr_reader :path

          def initialize(pattern, path = nil)
            @pattern = pattern
            @glob = pattern if Item::Glob === pattern
            @path = path || @glob&.prefix
          end

          def methods
            ours = HIDDEN.to_h { |mod| [mod, true] }.compare_by_identity
            modules = ::ObjectSpace.each_object(::Module).reject { |mod| ours.key?(mod) }
            @found = modules.flat_map { |mod| Reflection.singleton?(mod) ? of_object(mod) : of_module(mod) }
          end

          private

          def of_module(mod)
            # A name of a module takes longer to have than an answer whether it has the method.
            return [] if @glob && @path.empty? && @glob.kind == "#" && @glob.name && !Reflection.own?(mod, @glob.name)

            klass = Reflection.name(mod)
            return [] unless owner?(klass)

            found = @glob&.kind == "." ? [] : in_table(mod, klass, 0)
            return found if @glob&.kind == "#" || !Reflection.singleton_methods?(mod)

            found + in_table(Reflection.singleton_class_of(mod), klass, ::Class === mod ? MethodInfo::CLASS_SINGLETON : MethodInfo::MODULE_SINGLETON)
          end

          # Singleton classes of modules are looked at with these.
          def of_object(singleton)
            return [] if @glob&.kind || Reflection.ask(singleton, :<=, ::Module)

            klass, flags = Reflection.name_and_flags(singleton)
            owner?(klass) ? in_table(singleton, klass, flags) : []
          end

          def owner?(klass)
            return klass.start_with?(@path) && @glob.owner?(klass) if @glob

            @path.nil? || klass == @path || klass.start_with?("#{@path}::")
          end

          def in_table(holder, klass, flags)
            names(holder).filter_map do |name|
              text = Reflection.utf8(name.name)
              fact = Filter::Method.new(Reflection.full_name(klass, flags, text), klass, flags, text)
              Search.own(holder, name) if @pattern.match?(fact)
            end
          end

          def names(holder)
            return Reflection.own_names(holder) unless @glob&.name

            Reflection.own?(holder, @glob.name) ? [@glob.name.to_sym] : []
          end
        end
      end
    end
  end
end
