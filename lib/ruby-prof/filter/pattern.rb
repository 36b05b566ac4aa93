# frozen_string_literal: true

module RubyProf
  class Filter
    # One pattern: anything with `match?(method)`.
    module Pattern # :nodoc:
      FORMS = "give a Module, a Method, a Regexp, a String such as \"Foo#bar\", \"Foo::**.find_*\" or \"Foo\", a path with a slash, " \
              "{ gem: \"name\" }, :app, :gems, :stdlib or :c"

      def self.of(pattern)
        case pattern
        when ::Module then Name.new(module_name(pattern))
        when ::Method, ::UnboundMethod then of_method(pattern)
        when ::Regexp then Expression.new(pattern)
        when ::String then of_string(pattern)
        when ::Hash then of_hash(pattern)
        when ::Symbol then of_symbol(pattern)
        else
          return Path.new(pattern.to_path) if ::Object === pattern && pattern.respond_to?(:to_path)

          raise ArgumentError, "#{::Kernel.instance_method(:class).bind_call(pattern)} is no pattern for methods: #{FORMS}"
        end
      end

      def self.of_string(text)
        raise ArgumentError, "an empty String is no pattern for methods: #{FORMS}" if text.empty?
        return Path.new(text) if path?(text)
        return Glob.new(text) if Glob.in?(text)

        text = Glob.unescape(text).delete_prefix("::")
        text.match?(/[#.]/) ? FullName.new(text) : Name.new(text)
      end

      # Division is a method.
      def self.path?(text)
        text.include?("/") && !text.match?(%r{[\w>*][#.]/\z})
      end

      def self.of_method(method)
        owner, found = Reported.found(method)
        unless owner
          raise ArgumentError, "#{method.name} is answered by method_missing: no call of it is reported, but those of method_missing"
        end

        facts = Reported.owners(owner, found).map { |each| Reported.fact(each, found) }
        AnyOf.new(facts.map { |fact| This.new(fact.full_name, fact.klass_flags) })
      end

      def self.of_hash(hash)
        raise ArgumentError, "#{hash.inspect} is no pattern for methods: #{FORMS}" unless (hash.keys - %i[gem gems]).empty? && hash.any?

        names = hash.values.flatten
        unless names.any? && names.all? { |name| (::String === name || ::Symbol === name) && !name.empty? }
          raise ArgumentError, "a gem is named by a String: give { gem: \"name\" } or { gem: [\"name\", \"other\"] }"
        end

        AnyOf.new(names.map { |name| Place.gem(name.to_s) })
      end

      def self.of_symbol(name)
        case name
        when :app then Place.app
        when :gems then Place.gems
        when :stdlib then Place.stdlib
        when :c then WrittenInC.new
        else raise ArgumentError, "#{name.inspect} is no pattern for methods: #{FORMS}"
        end
      end

      # Ruby's own name of a module, whatever the program says its name is.
      def self.module_name(mod)
        return Reflection.name(mod) unless Reflection.singleton?(mod)

        name = Reflection.name_and_flags(mod).first
        raise ArgumentError, "this is the singleton class of #{name}: give the class itself, or a Regexp on full names"
      end

      private_class_method :of_string, :of_hash, :of_symbol, :of_method, :module_name

      Name = Struct.new(:name) do
        def match?(method)
          klass = method.klass_name
          return false unless klass

          klass == name || klass.start_with?("#{name}::")
        end
      end

      Expression = Struct.new(:regexp) do
        def match?(method)
          regexp.match?(method.full_name)
        rescue ::Encoding::CompatibilityError
          false # A name in another encoding is not what it describes.
        end
      end

      # "Foo#bar" is an instance method, "Foo.bar" one of Foo itself.
      FullName = Struct.new(:text) do
        def match?(method)
          return true if method.full_name == text
          return false unless method.klass_name && method.name

          itself = (method.klass_flags & (MethodInfo::CLASS_SINGLETON | MethodInfo::MODULE_SINGLETON)) != 0
          itself && text == "#{method.klass_name}.#{method.name}"
        end
      end

      # One method and no other: name and kind of its owner are in it.
      This = Struct.new(:full_name, :klass_flags) do
        def match?(method)
          method.full_name == full_name && method.klass_flags == klass_flags
        end
      end

      # A file, a directory, or a glob.
      class Path
        def initialize(path)
          @glob = File.expand_path(path) if path.match?(/[*?\[{]/)
          @path = File.expand_path(path)
        end

        def match?(method)
          file = method.file
          return false unless file
          return File.fnmatch?(@glob, file, File::FNM_PATHNAME | File::FNM_EXTGLOB) if @glob

          file == @path || file.start_with?(@path.end_with?("/") ? @path : "#{@path}/")
        end
      end

      class WrittenInC # :nodoc:
        def match?(method)
          method.file.nil? && !method.name.nil?
        end
      end

      AnyOf = Struct.new(:patterns) do
        def match?(method)
          patterns.any? { |pattern| pattern.match?(method) }
        end
      end
    end
    private_constant :Pattern
  end
end

require "ruby-prof/filter/glob"
require "ruby-prof/filter/place"
require "ruby-prof/filter/reported"
