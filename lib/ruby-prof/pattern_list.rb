# frozen_string_literal: true

module RubyProf
  # Patterns of methods as people type them, for `Profile.new(exclude:, only:)`:
  #
  #   Foo#bar  Foo.bar      one method
  #   Foo  Foo::Bar         all methods of a class or module, by its name
  #   Foo#find_*  Foo::*    a star is any part of a name, but not ::
  #   Foo::**#bar  **.bar   two stars are any number of modules within each other, none too
  #   Integer#\*            the operator, not all methods of Integer
  #   /regexp/  /regexp/i   methods whose full name matches
  #   lib/foo  **/vendor/*  methods of a file, a directory or what a glob matches
  #   gem:rack              methods of a gem
  #   app gems stdlib c     methods of your code, of all gems, of Ruby's library, written in C
  #
  # None of them needs its class to exist yet: the program that defines it has not run.
  module PatternList
    GROUPS = %w[app gems stdlib c].freeze
    CONSTANT = /(?:::)?[A-Z]\w*(?:::[A-Z]\w*)*/
    METHOD = /\A(?<owner>#{CONSTANT})(?<kind>[#.])(?<name>\S+)\z/
    # One method, or all of a module.
    NAMED = /\A(?<owner>#{CONSTANT})(?:(?<kind>[#.])(?<name>\S+))?\z/
    SEGMENT = /(?:[A-Z*][\w*]*)/
    GLOB = /\A(?:::)?#{SEGMENT}(?:::#{SEGMENT})*(?:[#.]\S+)?\z/
    # A regexp may have commas of its own.
    ITEM = %r{/(?:\\.|[^/\n])+/[imx]*(?=\s*(?:,|\z))|[^,]+}

    module_function

    # @param text [String] separated by commas or, if there is one, by newlines
    # @return [Array] patterns for Profile.new
    # @raise [ArgumentError] naming the one that cannot be read
    def parse(text)
      items(text).map { |item| pattern(item) }
    end

    # @return [Array<String>]
    # @raise [ArgumentError] for bytes that are no text
    def items(text)
      text = as_text(text)
      items = text.include?("\n") ? text.split("\n") : text.scan(ITEM)
      items.map(&:strip).reject(&:empty?)
    end

    # The program's language may be unset, where names are in UTF-8 nevertheless.
    def as_text(text)
      return text if text.valid_encoding? && text.encoding != Encoding::BINARY

      utf8 = text.dup.force_encoding(Encoding::UTF_8)
      raise ArgumentError, "#{utf8.scrub("?")} is no pattern: it has bytes that are no UTF-8" unless utf8.valid_encoding?

      utf8
    end

    def pattern(item)
      item = as_text(item)
      case item
      when METHOD, /\A#{CONSTANT}\z/o then checked(item.delete_prefix("::"))
      when /\A[^A-Z]*\*[^A-Z]*\.rb\z/ then path(item)
      when GLOB then checked(item.delete_prefix("::"))
      when %r{\A/(?<source>(?:\\.|[^/])+)/(?<flags>[imx]*)\z} then regexp($~[:source], $~[:flags])
      when /\Agem:(?<name>[\w.-]+)\z/ then { gem: $~[:name] }
      when /\A:?(?<group>#{GROUPS.join("|")})\z/o then $~[:group].to_sym
      when %r{/|\.rb\z} then path(item)
      else
        raise ArgumentError, "#{item} is no pattern: write Foo#bar, Foo.bar, Foo, Foo::**#find_*, /regexp/, a path with a slash, " \
                             "gem:NAME, or one of #{GROUPS.join(", ")}"
      end
    end

    # Stars that say nothing are told at once.
    def checked(item)
      Filter.new(only: [item])
      item
    end

    def regexp(source, flags)
      options = flags.each_char.sum { |flag| { "i" => Regexp::IGNORECASE, "m" => Regexp::MULTILINE, "x" => Regexp::EXTENDED }[flag] }
      Regexp.new(source, options)
    rescue RegexpError => e
      raise ArgumentError, "/#{source}/ is no regular expression: #{e.message}"
    end

    # A pattern is taken for a path by its slash.
    def path(item)
      item.include?("/") ? item : "**/#{item}"
    end

    # What was asked for and is nowhere in the program now that it ran. Loads nothing and calls nothing of the
    # program.
    #
    # @param text [String] as for parse
    # @return [Array<String>] one sentence each
    def missing(text)
      glob = Filter.const_get(:Glob)
      items(text).filter_map do |item|
        # Stars may match what the program only has while it runs.
        next if glob.in?(item) || !(parts = NAMED.match(glob.unescape(item)))

        owner = constant(parts[:owner].delete_prefix("::"))
        if owner.nil?
          "#{item} matched nothing: the program has no #{parts[:owner]}"
        elsif parts[:name].nil?
          next
        elsif !defined_in?(owner, parts[:kind], parts[:name])
          what = parts[:kind] == "#" ? "instance method #{parts[:name]}" : "method #{parts[:name]} of its own"
          "#{item} matched nothing: #{parts[:owner]} has no #{what}"
        end
      end
    end

    def constant(name)
      name.split("::").inject(Object) do |scope, part|
        return nil if Module.instance_method(:autoload?).bind_call(scope, part)
        return nil unless Module.instance_method(:const_defined?).bind_call(scope, part)

        found = Module.instance_method(:const_get).bind_call(scope, part)
        return nil unless Module === found

        found
      end
    end

    def defined_in?(owner, kind, name)
      owner = Kernel.instance_method(:singleton_class).bind_call(owner) if kind == "."
      %i[method_defined? private_method_defined?].any? { |test| Module.instance_method(test).bind_call(owner, name) }
    end
  end
  private_constant :PatternList
end
