# frozen_string_literal: true

require "ruby-prof/pattern_list"
require "ruby-prof/printer_kind"

module RubyProf
  module TestRun
    # What `:ruby_prof` or `ruby_prof: { ... }` on an example asks for.
    class Tag
      PROFILE = %i[only exclude c_calls operators blocks latency track_allocations exclude_common max_nodes budget].freeze
      PRINTER = %i[min_percent max_percent filter_by sort_method min_time max_depth max_threads title compensate overhead gc gc_nodes ledger].freeze
      OWN = %i[printer mode setup].freeze
      ALL = [*OWN, *PROFILE, *PRINTER].freeze
      FLAGS = %i[setup c_calls operators blocks latency track_allocations exclude_common].freeze

      # @return [PrinterKind]
      attr_reader :kind
      # @return [Hash] for Profile.new
      attr_reader :profile_options
      # @return [Hash] for the printer
      attr_reader :printer_options

      # @param value what stands at the example
      # @return [Boolean] whether that asks for a profile
      def self.wanted?(value)
        !(value.nil? || value == false)
      end

      # @param value [true, Symbol, String, Hash] true, a printer, or options
      # @raise [ArgumentError] for options that are unknown or cannot be used
      def initialize(value)
        options = read(value)
        @kind = printer(options.fetch(:printer, Settings::DEFAULT_PRINTER))
        FLAGS.each { |name| check_flag(name, options[name]) }
        @setup = options[:setup]
        @profile_options = options.slice(*PROFILE).merge(measure_mode: mode(options[:mode])).compact
        @printer_options = options.slice(*PRINTER).compact
        # Patterns and numbers are checked before the example runs, by those who know them.
        FlatPrinter.new(Profile.new(**profile_options)).setup_options(**printer_options)
      end

      # @return [Boolean] whether before and after hooks are profiled too
      def setup?
        @setup ? true : false
      end

      # @return [Array<String>] sentences about names in `only:` and `exclude:` that nothing has, now that the example ran
      def unmatched
        profile_options.slice(:only, :exclude).flat_map do |name, patterns|
          names = [patterns].flatten.grep(String).join("\n")
          PatternList.missing("#{names}\n").map { |sentence| "#{name}: #{sentence}" }
        end
      end

      private

      def read(value)
        case value
        when true then {}
        when Symbol, String then { printer: value }
        when Hash then known(value)
        else raise ArgumentError, "ruby_prof: #{value.inspect} cannot be used: give true, false, a printer, or options in a Hash"
        end
      end

      def known(options)
        unknown = options.keys - ALL
        return options if unknown.empty?

        names = unknown.map { |name| name.respond_to?(:inspect) ? name.inspect[0, 80] : "?" }.join(", ")
        raise ArgumentError, "ruby_prof: unknown option #{names}: it can be #{ALL.map { |name| "#{name}:" }.join(", ")}"
      end

      def printer(name)
        kind = PrinterKind.named(name.to_s) if Symbol === name || String === name
        kind || raise(ArgumentError, "ruby_prof: #{name.inspect[0, 80]} is no printer: it can be #{PrinterKind.names}")
      end

      def mode(name)
        return RubyProf.measure_mode if name.nil?
        return name if Integer === name && MEASURE_MODE_NAMES.value?(name)

        found = MEASURE_MODE_NAMES[name.to_s.downcase] if Symbol === name || String === name
        found || raise(ArgumentError, "ruby_prof: #{name.inspect[0, 80]} is no measure mode: it can be #{Settings::MODES}")
      end

      def check_flag(name, value)
        return if [nil, true, false].include?(value)

        raise ArgumentError, "ruby_prof: #{name}: #{value.inspect[0, 80]} cannot be used: give true or false"
      end
    end
  end
end
