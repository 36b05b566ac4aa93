# frozen_string_literal: true

require "ruby-prof/call_profile/place"

module RubyProf
  class CallProfile
    # Which methods a call profile has, and by what names.
    class Scope # :nodoc:
      IGNORED = "(ignored)"
      # Of anonymous classes and objects: another one at each run.
      ADDRESS = /:0x\h+/

      # @return [Array<String>] methods of the tests that were called, and were left out for that
      attr_reader :tests

      def initialize(only:, including:, ignore:)
        @including = list(including)
        @ignored = list(ignore)
        @own = Filter.new(only: list(only) + @including)
        @named = Filter.new(only: @including) unless @including.empty?
        @ignore = Filter.new(only: @ignored) unless @ignored.empty?
        @place = Place.new
        @kinds = {}
        @names = {}
        @tests = []
      end

      # @param method [#full_name, #klass_name, #klass_flags, #name, #file]
      # @return [Boolean] whether it is in the profile
      def has?(method)
        kind(method) == :own
      end

      # @param file [String, nil] where the caller's code is
      def caller(method, file)
        return outside(file) unless method.name

        case kind(method)
        when :own then name(method)
        when :ignored then IGNORED
        else @place.of(method.file)
        end
      end

      def name(method)
        @names[method.full_name] ||= Scope.text(method.full_name).gsub(ADDRESS, "")
      end

      # Names may be any bytes, a file is text.
      def self.text(name)
        utf8 = name.encoding == Encoding::UTF_8 || !name.valid_encoding? ? name.dup.force_encoding(Encoding::UTF_8) : transcoded(name)
        utf8.valid_encoding? ? utf8 : utf8.scrub { |bytes| bytes.unpack("C*").map { |byte| format("\\x%02X", byte) }.join }
      end

      def self.transcoded(name)
        name.encode(Encoding::UTF_8)
      rescue EncodingError
        name.dup.force_encoding(Encoding::UTF_8)
      end
      private_class_method :transcoded

      def self.list(patterns)
        ::Array === patterns ? patterns : [patterns].compact
      end

      private

      def list(patterns)
        Scope.list(patterns)
      end

      def kind(method)
        @kinds[[method.full_name, method.file]] ||= find_kind(method)
      end

      def find_kind(method)
        return :elsewhere unless method.name

        facts = [[method.full_name, method.klass_name, method.klass_flags, method.name, method.file]]
        return :ignored if @ignore && !@ignore.hidden(facts).first
        return :elsewhere if @own.hidden(facts).first
        return :own unless @place.test?(method.file) && (@named.nil? || @named.hidden(facts).first)

        @tests << name(method)
        :elsewhere
      end

      # Code outside any method, such as a block of a spec.
      def outside(file)
        found = @place.of(file)
        found == Place::ELSEWHERE ? Place::TOP_LEVEL : found
      end
    end
    private_constant :Scope
  end
end
