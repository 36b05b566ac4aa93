# frozen_string_literal: true

module RubyProf
  module Counting
    class Selection
      # One pattern of a selection: how it compares names, and where to look for the methods that it means.
      class Item
        Pattern = Filter.const_get(:Pattern)
        Glob = Filter.const_get(:Glob)
        NAMED = /\A(?<owner>[^#.<]+)(?<kind>[#.])(?<name>.+)\z/m

        class << self
          # @raise [ArgumentError, TypeError]
          def of(pattern)
            case pattern
            when ::Method, ::UnboundMethod then of_method(pattern)
            when ::Module then of_module(pattern)
            when ::Regexp then new(Pattern.of(pattern), pattern.inspect, Search::Everywhere)
            when ::String then of_string(pattern)
            else
              what = ::NilClass === pattern ? "nil" : Reflection.name(::Kernel.instance_method(:class).bind_call(pattern))
              raise TypeError, "#{what} is no pattern for methods: #{FORMS}"
            end
          end

          private

          def of_method(method)
            new(Pattern.of(method), Found.written(method.owner, method.name), Search::Given, method)
          end

          def of_module(mod)
            pattern = Pattern.of(mod)
            new(pattern, pattern.name, Search::Everywhere, pattern.name)
          end

          def of_string(text)
            text = in_utf8(text)
            raise ArgumentError, "an empty String is no pattern for methods: #{FORMS}" if text.empty?
            if Pattern.path?(text)
              raise ArgumentError, "#{text.inspect} is a path, and calls are counted by methods: #{FORMS}"
            end

            pattern = Pattern.of(text)
            return of_glob(pattern) if Glob === pattern

            name = Glob.unescape(text).delete_prefix("::")
            if (named = NAMED.match(name)) then new(pattern, name, Search::Named, named)
            elsif name.match?(/[#.<]/) then new(pattern, name, Search::Everywhere)
            else new(pattern, name, Search::Everywhere, name)
            end
          end

          # Names of methods are compared in UTF-8.
          def in_utf8(text)
            text = text.encoding == ::Encoding::BINARY ? text.dup.force_encoding(::Encoding::UTF_8) : text.encode(::Encoding::UTF_8)
            raise ArgumentError, "#{text.inspect} is no pattern for methods: it has bytes that are no UTF-8" unless text.valid_encoding?

            text.strip
          rescue ::EncodingError
            raise ArgumentError, "#{text.inspect} is no pattern for methods: it is not all in #{text.encoding}"
          end

          def of_glob(glob)
            glob.owner && glob.kind ? new(glob, glob.text, Search::Owned) : new(glob, glob.text, Search::Everywhere)
          end
        end

        # @return [#match?] of a Filter::Method
        attr_reader :pattern
        # @return [Search] where it looks
        attr_reader :search

        def initialize(pattern, text, search, *arguments)
          @pattern = pattern
          @text = text
          @search = search.new(pattern, *arguments)
        end

        # @return [Array<Found>]
        def methods
          @search.methods
        end

        # @return [Boolean] whether these are others than when it was asked for them last
        def changed?
          @search.changed?
        end

        def to_s
          @text
        end
      end
    end
  end
end
