# frozen_string_literal: true

module RubyProf
  module Counting
    class Selection
      # Why no method is what a pattern says, and what to write or to do instead.
      class Explanation
        # @param item [Item]
        # @param silent [Array<Found>] methods that match, but whose calls are no events
        def initialize(item, silent)
          @item = item
          @search = item.search
          @silent = silent
        end

        def to_s
          return silence if @silent.any?

          case @search
          when Search::Given then "#{@item} is answered by method_missing: count the calls of method_missing instead"
          when Search::Everywhere then everywhere
          else owner_missing || method_missing
          end
        end

        private

        def silence
          first = @silent.first
          "calls of #{first} cannot be counted: #{first.silence}"
        end

        def everywhere
          return "#{@item} matches no method that is loaded" unless @search.path&.match?(/\A[[:upper:]a-z]/)

          owner_missing || "#{@item} matches no method that is loaded#{unloaded}"
        end

        # Nil where the pattern's module is there.
        def owner_missing
          path = @search.path
          found = Constants.lookup(path)
          if found.module
            name = Reflection.name(found.module)
            return name == Reflection.utf8(path) ? nil : "#{path} is another name of #{name}: write #{@item.to_s.sub(path, name)}"
          end

          part = [*(Reflection.name(found.scope) unless Reflection.same?(found.scope, ::Object)), found.part].join("::")
          return "#{part} is not loaded yet (it is an autoload of #{found.feature.inspect}): name #{part} before, or require its file" if found.feature
          return "#{part} is no class or module but of #{class_of(found.value.first)}" if found.value

          "#{@item} matches no method: there is no #{part}#{constant_instead(found, part)}"
        end

        def constant_instead(found, part)
          return guess_constant(found, part) if Constants.name?(found.part)

          name = found.part
          return if name.empty?

          Reflection.same?(found.scope, ::Object) ? ": write Foo##{name}, Foo.#{name} or **##{name}" : ": write #{part.delete_suffix("::#{name}")}.#{name}"
        end

        def class_of(value)
          Reflection.name(::Kernel.instance_method(:class).bind_call(value))
        end

        def guess_constant(found, part)
          guess = guess(found.part, Constants.names_in(found.scope))
          guess &&= part.delete_suffix(found.part) + guess
          "#{" (did you mean #{guess}?)" if guess}; if it is loaded later, require it before"
        end

        def method_missing
          mod = Constants.lookup(@search.path).module
          holder = Search.holder(mod, @search.kind)
          return "#{@item} matches no method: #{@search.path} has none of such a name#{unloaded}" if Search::Owned === @search

          inherited(holder) || other_kind(mod) || nowhere(holder)
        end

        def inherited(holder)
          return if Reflection.none?(holder, @search.name)

          method = Reflection.ask(holder, :instance_method, @search.name)
          owner, method = Found::Reported.found(method)
          return unless owner

          written = Found.written(owner, method.name)
          made = "; to count objects of #{@search.path}, name the initialize that it has" if @search.kind == "." && @search.name == :new
          "#{@item} is defined in #{written[0...-method.name.length - 1]}: write #{written} " \
            "(it counts calls on every receiver#{made})"
        end

        def other_kind(mod)
          other = @search.kind == "#" ? "." : "#"
          return unless Reflection.own?(Search.holder(mod, other), @search.name)

          "#{@item} is no method, but #{@search.path}#{other}#{@search.name} is: write that"
        end

        def nowhere(holder)
          answered = ". If its method_missing answers it, count that" if Reflection.own?(holder, :method_missing)
          guess = guess(@search.name.name, Reflection.own_names(holder))
          "#{@item} matches no method: #{@search.path} has no such #{"instance " if @search.kind == "#"}method" \
            "#{guess ? ". Did you mean #{@search.path}#{@search.kind}#{guess}?" : answered}"
        end

        def unloaded
          mod = Constants.lookup(@search.path).module
          names = Constants.unloaded_in(mod).map { |name| "#{@search.path}::#{name}" }
          ". Not loaded yet: #{names.first(3).join(", ")}#{" and #{names.size - 3} more" if names.size > 3}; name them before" if names.any?
        end

        # Ruby may run without its guesser.
        def guess(text, names)
          return unless defined?(::DidYouMean::SpellChecker)

          ::DidYouMean::SpellChecker.new(dictionary: names.map { |name| Reflection.utf8(name.name) }).correct(text).first
        end
      end
    end
  end
end
