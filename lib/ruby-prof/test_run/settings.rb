# frozen_string_literal: true

require "ruby-prof/pattern_list"
require "ruby-prof/printer_kind"

module RubyProf
  module TestRun
    # What the environment asks of a test run.
    #
    # | variable           | value                                                | default            |
    # |--------------------|------------------------------------------------------|--------------------|
    # | RUBY_PROF          | 1 or a printer: profile the whole run; 0: do not     | 0                  |
    # | RUBY_PROF_MODE     | wall, process, allocations, memory                   | RUBY_PROF_MEASURE_MODE, or wall |
    # | RUBY_PROF_BOOT     | 0: leave out what is loaded before the first example | 1                  |
    # | RUBY_PROF_OUT      | directory of the reports                             | tmp/ruby-prof      |
    # | RUBY_PROF_ONLY     | patterns of the only methods to show                 |                    |
    # | RUBY_PROF_EXCLUDE  | patterns of methods to leave out                     |                    |
    # | RUBY_PROF_C_CALLS  | 0: leave out methods written in C                    | 1                  |
    # | RUBY_PROF_TOP      | how many examples get reports, of the slowest and of those with most calls | 10 |
    # | RUBY_PROF_FORMAT   | some of text, json, junit                            | text               |
    # | RUBY_PROF_RUN      | a name that the processes of one run share           | the parent process |
    class Settings
      DEFAULT_DIRECTORY = "tmp/ruby-prof"
      DEFAULT_PRINTER = "graph_html"
      FORMATS = %w[text json junit].freeze
      MODES = "wall, process, allocations, memory"
      OFF = %w[0 off no false].freeze
      ON = %w[1 on yes true].freeze
      # More reports than this take longer than the tests.
      MOST_REPORTS = 10_000

      # @return [Boolean] whether the whole run is profiled
      attr_reader :profile
      # @return [PrinterKind] for the whole run
      attr_reader :kind
      # @return [Boolean] whether loading is profiled too
      attr_reader :boot
      # @return [String] absolute
      attr_reader :directory
      # @return [Array<String>]
      attr_reader :formats
      # @return [Integer]
      attr_reader :top
      # @return [Hash] for Profile.new
      attr_reader :profile_options

      # @param environment [#[]] like ENV
      # @raise [ArgumentError] for a value that cannot be used; it says which can
      def initialize(environment)
        @environment = environment
        word = value("RUBY_PROF")
        @profile = !(word.nil? || OFF.include?(word.downcase))
        @kind = printer(word)
        @boot = flag("RUBY_PROF_BOOT")
        @directory = read_directory
        @formats = read_formats
        @top = read_top
        @profile_options = read_profile_options
      end

      # @return [Boolean] whether something is to be kept of each example
      def rows?
        profile || formats.any? { |format| format != "text" }
      end

      # @return [Array<String>] sentences about names in RUBY_PROF_ONLY and RUBY_PROF_EXCLUDE that nothing has, now that all is
      #   loaded
      def unmatched
        %w[RUBY_PROF_ONLY RUBY_PROF_EXCLUDE].flat_map { |name| PatternList.missing(value(name) || "").map { |sentence| "#{name}=#{sentence}" } }
      end

      private

      def value(name)
        text = @environment[name] or return
        # The program's language may be unset: what is no ASCII is then binary, and valid.
        text = text.dup.force_encoding(Encoding::UTF_8) if text.encoding == Encoding::BINARY || !text.valid_encoding?
        raise ArgumentError, "#{name}=#{text.scrub("?")} cannot be used: it has bytes that are no UTF-8" unless text.valid_encoding?
        return if text.strip.empty?

        text.strip
      end

      def refuse(name, text, wanted)
        raise ArgumentError, "#{name}=#{text.scrub("?")} cannot be used: it can be #{wanted}"
      end

      def printer(word)
        return PrinterKind.named(DEFAULT_PRINTER) if word.nil? || (ON + OFF).include?(word.downcase)

        PrinterKind.named(word) ||
          refuse("RUBY_PROF", word, "1 (which is #{DEFAULT_PRINTER}), 0, or a printer: #{PrinterKind.names}")
      end

      def flag(name)
        text = value(name)
        return true if text.nil? || ON.include?(text.downcase)
        return false if OFF.include?(text.downcase)

        refuse(name, text, "0 or 1")
      end

      def read_directory
        File.expand_path(value("RUBY_PROF_OUT") || DEFAULT_DIRECTORY)
      rescue ArgumentError => e # ~nobody, a NUL
        raise ArgumentError, "RUBY_PROF_OUT=#{value("RUBY_PROF_OUT")} cannot be used: #{e.message}"
      end

      def read_formats
        text = value("RUBY_PROF_FORMAT") or return ["text"]
        formats = text.downcase.split(/[\s,]+/).reject(&:empty?)
        refuse("RUBY_PROF_FORMAT", text, "some of #{FORMATS.join(", ")}") if formats.empty? || (formats - FORMATS).any?
        formats.uniq
      end

      def read_top
        text = value("RUBY_PROF_TOP") or return 10
        number = Integer(text, 10, exception: false)
        refuse("RUBY_PROF_TOP", text, "a number from 0 to #{MOST_REPORTS}") unless number&.between?(0, MOST_REPORTS)
        number
      end

      def read_profile_options
        options = { measure_mode: mode, c_calls: flag("RUBY_PROF_C_CALLS"), only: patterns("RUBY_PROF_ONLY"), exclude: patterns("RUBY_PROF_EXCLUDE") }
        options.reject { |_, given| given == [] }
      end

      def mode
        text = value("RUBY_PROF_MODE") or return RubyProf.measure_mode
        MEASURE_MODE_NAMES[text.b.downcase] || refuse("RUBY_PROF_MODE", text, MODES)
      end

      def patterns(name)
        text = value(name) or return []
        begin
          PatternList.parse(text)
        rescue ArgumentError => e
          raise ArgumentError, "#{name}: #{e.message}"
        end
      end
    end
  end
end
