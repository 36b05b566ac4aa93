# frozen_string_literal: true

module RubyProf
  class Filter
    # Names of methods with stars: `Billing::*#call`, `ActiveRecord::**#exec_query`, `Foo.find_*`, `Foo::*`.
    #
    # - `*` is any part of one segment of a module's name, or of a method's name;
    # - `**` is any number of whole segments, none too;
    # - `\*` is the star itself: `Integer#\*` multiplies, `Integer#*` is every method of Integer.
    #
    # Without a method, all methods of the modules that match and of those in them. This is the only place that makes
    # a Regexp of stars.
    class Glob # :nodoc:
      STAR = /(?<!\\)\*/
      SHAPE = /\A(?:::)?(?<owner>[^#.]+)(?:(?<kind>[#.])(?<name>.+))?\z/m
      # One segment. Names of nameless modules have spaces, colons and more.
      ANY = "(?:(?!::).)"
      SEGMENT = "#{ANY}+"
      OF_MODULE = MethodInfo::CLASS_SINGLETON | MethodInfo::MODULE_SINGLETON
      OF_OBJECT = MethodInfo::OBJECT_SINGLETON | MethodInfo::OTHER_SINGLETON

      # @return [Boolean] whether it has stars that are not escaped
      def self.in?(text)
        text.match?(STAR)
      end

      # @return [String] a name without stars, as it is
      def self.unescape(text)
        text.gsub("\\*", "*")
      end

      # @return [String]
      attr_reader :text
      # @return [String, nil] the module's name where it has no stars
      attr_reader :owner
      # @return [String] names of modules that the glob matches begin with this
      attr_reader :prefix
      # @return [String, nil] "#", "." or nil for all methods
      attr_reader :kind
      # @return [String, nil] the method's name where it has no stars
      attr_reader :name

      # @raise [ArgumentError]
      def initialize(text)
        @text = text
        parts = SHAPE.match(text)
        refuse("write Foo#find_*, Foo::*.call or **#call") unless parts
        segments = parts[:owner].split("::", -1)
        check(segments, parts[:name])
        @kind = parts[:kind]
        @owner = parts[:owner] unless Glob.in?(parts[:owner])
        @prefix = segments.take_while { |segment| !segment.include?("*") }.join("::")
        @name = Glob.unescape(parts[:name]) if @kind && !Glob.in?(parts[:name])
        @owners = modules(segments)
        @names = /\A#{component(parts[:name], ".")}\z/m if @kind
      end

      def match?(method)
        klass = method.klass_name
        return false unless klass && owner?(klass)
        return true unless @kind
        return false unless method.name && kind?(method.klass_flags)

        name?(method.name)
      end

      # Whether methods of a module of that name can match.
      def owner?(klass)
        @owners.match?(klass)
      rescue ::Encoding::CompatibilityError
        false
      end

      # Whether a method of that name can match.
      def name?(method)
        @names.nil? || @names.match?(method)
      rescue ::Encoding::CompatibilityError
        false
      end

      def ==(other)
        Glob === other && text == other.text
      end

      private

      def kind?(flags)
        @kind == "." ? (flags & OF_MODULE) != 0 : (flags & (OF_MODULE | OF_OBJECT)).zero?
      end

      def check(segments, name)
        refuse("it has an empty name between ::") if segments.any?(&:empty?)
        if segments.any? { |segment| segment.include?("**") && segment != "**" }
          refuse("** stands for whole segments, between ::, such as Foo::**#bar; within a name write *")
        end
        refuse("for files write **/*.rb, with a slash") if name == "rb" && segments.none?(/[[:upper:]]/)
      end

      def refuse(reason)
        raise ArgumentError, "#{text.inspect} is no pattern for methods: #{reason}"
      end

      def modules(segments)
        segments = segments.chunk_while { |one, other| one == "**" && other == "**" }.map(&:first)
        last = segments.size - 1
        source = segments.each_with_index.map do |segment, index|
          if segment != "**" then "#{component(segment, ANY)}#{"::" unless index == last || (index == last - 1 && segments.last == "**")}"
          elsif last.zero? then "#{SEGMENT}(?:::#{SEGMENT})*"
          elsif index == last then "(?:::#{SEGMENT})*"
          else "(?:#{SEGMENT}::)*"
          end
        end
        /\A#{source.join}#{@kind ? "\\z" : "(?:::|\\z)"}/m
      end

      # Between two stars the first place that fits is as good as any later one. So it is not given up again, and a
      # long name costs no more than its length.
      def component(text, any)
        first, *middle = text.split(/(?<!\\)\*+/, -1).map { |part| Regexp.escape(Glob.unescape(part)) }
        return first if middle.empty?

        last = middle.pop
        "#{first}#{middle.map { |part| "(?>#{any}*?#{part})" }.join}#{any}*#{last}"
      end
    end
    private_constant :Glob
  end
end
