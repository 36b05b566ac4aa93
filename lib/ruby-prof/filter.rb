# frozen_string_literal: true

require "rbconfig"

module RubyProf
  # Says which methods a profile shows. A pattern is one of
  #
  # - a Module: its methods, those of the module itself, and those of modules and classes in it;
  # - a Method or UnboundMethod: that one, whoever receives it;
  # - a Regexp, compared with the full name (`Foo#bar`, `<Class::Foo>#bar`);
  # - a String: `"Foo#bar"`, `"Foo.bar"`, a full name, or `"Foo"` for a module by its name;
  # - a String with stars: `*` is any part of a method's name or of one segment of a module's (`"Foo#find_*"`,
  #   `"Foo::*.call"`), `**` any number of segments, none too (`"ActiveRecord::**#exec_query"`, `"**#save"`). `"Foo::*"` is all
  #   methods of the modules in Foo, and in those. `"Integer#*"` is every method of Integer; the operator
  #   is `"Integer#\\*"` or `Integer.instance_method(:*)`;
  # - a String with a slash or a Pathname: methods defined in that file, below that directory, or in
  #   files that match it (`"app/**/*.rb"`);
  # - `{ gem: "rack" }`: methods of that gem, `{ gem: %w[rack puma] }`: of these;
  # - `:app`: methods defined below the current directory or beside the script that runs, gems apart; `:gems`: in gems;
  #   `:stdlib`: in Ruby's own library; `:c`: written in C.
  #
  # Paths, gems, `:app` and the like never match methods that are written in C.
  class Filter
    # @return [RubyProf::Filter] from the options of Profile.new and of printers
    # @param options [Hash] `only:` and `exclude:`, each nil, a pattern or an Array of patterns
    def self.from_options(options)
      list = ->(patterns) { ::Array === patterns ? patterns : [patterns].compact }
      new(only: list.(options[:only]), exclude: list.(options[:exclude]))
    end

    # @param only [Array] patterns; without any, all methods match
    # @param exclude [Array] patterns
    # @raise [ArgumentError] for a pattern that is none
    def initialize(only: [], exclude: [])
      @only = patterns(only)
      @exclude = patterns(exclude)
    end

    # flatten asks each whether it is an Array, modules of the program too.
    def patterns(list)
      list = list.flatten if list.any? { |pattern| ::Array === pattern }
      list.map { |pattern| Pattern.of(pattern) }
    end
    private :patterns

    # @param facts [Array<Array>] a method each: full name, class name or nil, klass_flags, name or
    #   nil, file or nil
    # @return [Array<Boolean>] for each whether it is hidden
    def hidden(facts)
      facts.map do |fact|
        method = Method.new(*fact)
        method.file = absolute(method.file) if method.file
        (@only.any? && @only.none? { |pattern| pattern.match?(method) }) ||
          @exclude.any? { |pattern| pattern.match?(method) }
      end
    end

    # The name itself where it is that of no file: bytes that cannot be in one, a current directory that is gone.
    def absolute(file)
      file.b.match?(ON_DISK) ? File.expand_path(file) : file
    rescue SystemCallError, ArgumentError
      file
    end
    private :absolute

    # Not `-e`, `(eval)`, `<internal:kernel>`: those are no names of files.
    ON_DISK = %r{\A(?:\w|/|\.)}
    private_constant :ON_DISK

    # @param profile [RubyProf::Profile] a profile that was stopped
    # @return [RubyProf::Profile] a new one without the methods that are hidden
    def apply(profile)
      profile.send(:filtered, self)
    end

    # What patterns look at. Names are strings as the VM has them, nil outside any method; file and line are where the
    # method is defined, nil for one in C, and the line may be nil for others.
    # @private
    Method = Struct.new(:full_name, :klass_name, :klass_flags, :name, :file, :line)
  end
end

require "ruby-prof/filter/pattern"
