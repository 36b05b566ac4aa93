# frozen_string_literal: true

require "ruby-prof/pattern_list"

module RubyProf
  module CLI
    # The options that say which methods show, and how deep: while recording, or in a report on what was recorded.
    module PatternWords
      # How a pattern is written, for the end of the help.
      PATTERNS = <<~TEXT.chomp
        A pattern is Foo#bar, Foo.bar, Foo, /regexp/, a path or glob with a slash,
        gem:NAME, app, gems, stdlib or c.
      TEXT

      # What `exclude_common_methods!` leaves out of a recording, as patterns for what was recorded.
      class CommonMethods
        # @return [Array<String>]
        def self.patterns
          found = new
          ExcludeCommonMethods.apply!(found)
          # These are not loaded here.
          ExcludeCommonMethods::LIBRARIES.each { |owner, names| names.each { |name| found.patterns.push("#{owner}##{name}", "#{owner}.#{name}") } }
          found.patterns
        end

        attr_reader :patterns

        def initialize
          @patterns = []
        end

        def exclude_methods!(mod, *names)
          names.flatten.each { |name| @patterns << "#{mod}##{name}" }
        end

        def exclude_singleton_methods!(mod, *names)
          names.flatten.each { |name| @patterns << "#{mod}.#{name}" }
        end
      end
      private_constant :CommonMethods

      private

      def add_pattern_words(words, values)
        words.word("--exclude=METHODS", "Leave out methods: Foo#bar,Foo.bar") { |text| add_methods(words, values, text) }
        words.word("--exclude-pattern=PATTERN", "Leave out all that match; repeatable") { |text| add_pattern(words, values, :exclude, text) }
        words.word("--only=PATTERN", "Leave out all others; repeatable") { |text| add_pattern(words, values, :only, text) }
        words.word("--exclude-common", "Leave out each, map, times and their like") { values[:exclude_common] = "1" }
      end

      def add_bound(words, values, name, text)
        values[name] = words.checked(text, "an Integer from 1") { Integer(text, 10, exception: false)&.positive? && text }
      end

      def add_methods(words, values, text)
        PatternList.items(text).each do |item|
          words.checked(item, "Foo#bar or Foo.bar; see --exclude-pattern") { PatternList::METHOD.match?(item) }
          add_line(values, :exclude, item)
        end
      rescue ArgumentError => e
        words.refuse(text, e.message)
      end

      def add_pattern(words, values, name, text)
        PatternList.pattern(text)
        add_line(values, name, text)
      rescue ArgumentError => e
        words.refuse(text, e.message)
      end

      # Newlines, unlike commas, are in no pattern.
      def add_line(values, name, text)
        values[name] = "#{values[name]}#{text}\n"
      end

      # @param options [Hash] for Profile.new
      # @return [Hash] what they leave out, for a printer
      def left_out(options)
        kept = options.slice(:only, :exclude, :max_depth).compact
        kept[:exclude] = [*kept[:exclude], *CommonMethods.patterns] if options[:exclude_common]
        kept
      end

      # Names patterns that match no method of a profile: the program that would know better is not here.
      def tell_unmatched(profile, text)
        facts = profile.threads.flat_map(&:methods).map { |info| [info.full_name, info.klass_name, info.klass_flags, info.method_name&.to_s, info.source_file] }.uniq
        PatternList.items(text).each do |item|
          next if Filter.new(only: [PatternList.pattern(item)]).hidden(facts).include?(false)

          $stderr.puts "ruby-prof: #{item} matched nothing: the profile has no such method"
        end
      end
    end
  end
end
