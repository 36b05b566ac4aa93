# frozen_string_literal: true

require "ruby-prof/pattern_list"
require "ruby-prof/printer_kind"
require "ruby-prof/report_writer"

module RubyProf
  module Auto
    # What the environment asks for (the table is in auto.rb).
    class Settings
      # Everything we read, and what the command passes to the process it starts.
      NAMES = %w[
        MEASURE_MODE PRINTER FILE SAVE MIN_PERCENT SORT EXCLUDE EXCLUDE_COMMON ONLY C_CALLS OPERATORS TRACK_ALLOCATIONS
        MAX_NODES MAX_DEPTH BUDGET BLOCKS LATENCY LEDGER GC OVERHEAD GC_NODES COMPENSATE
        ON_FORK REQUIRE EVAL ONE_PROGRAM MAIN_PID MERGE_DIR
      ].to_h { |name| [name.downcase.to_sym, "RUBY_PROF_#{name}"] }.freeze

      # The columns by the names that people type.
      SORTS = %w[total self wait children].to_h { |name| [name, :"#{name}_time"] }
                                          .merge("child" => :children_time).freeze

      ON_FORK = %w[separate merge off].freeze

      # @return [PrinterKind]
      attr_reader :kind
      # @return [Symbol] :separate, :merge or :off
      attr_reader :on_fork
      # @return [Hash] for Profile.new
      attr_reader :profile_options
      # @return [Hash] for the printer
      attr_reader :printer_options
      # @return [String, nil] where the program began; nil if that is gone
      attr_reader :directory
      # @return [Array<Symbol>] names of values that cannot be used: a warning said so, they are left out
      attr_reader :unusable

      # @param environment [#to_h] like ENV
      def initialize(environment)
        @values = NAMES.transform_values { |name| environment[name] }.reject { |_, value| value.nil? || value.empty? }
        @unusable = []
        @directory = working_directory
        @kind = choose(:printer, "flat", PrinterKind.names) { |name| PrinterKind.named(name) }
        @on_fork = choose(:on_fork, "separate", ON_FORK.join(", ")) { |name| ON_FORK.include?(name) && name.to_sym }
        @profile_options = make_profile_options
        @printer_options = make_printer_options
      end

      # @return [String, nil]
      def [](name)
        @values[name]
      end

      # @return [Boolean] whether the profile is to be printed, not only saved
      def report?
        self[:save].nil? || !(self[:file] || self[:printer]).nil?
      end

      # @param child [Boolean] whether it is for another process than the first
      # @param detached [Boolean] whether stdout leads nowhere
      # @return [String, nil] where the process with this number writes its report; nil is stdout
      # @raise [OutputError] for what is no path
      def report_path(pid, child: false, detached: false)
        file = self[:file]
        if kind.directory?
          absolute((file || ".").gsub("%p", pid.to_s))
        elsif file
          numbered(file, pid, child)
        elsif child || detached
          absolute("ruby-prof.#{pid}#{kind.extension}")
        end
      end

      # @return [String, nil] likewise, for the saved profile
      def save_path(pid, child: false)
        self[:save] && numbered(self[:save], pid, child)
      end

      # @param more_options [Hash] for the printer
      # @return [ReportWriter]
      def writer(pid, child: false, detached: false, more_options: {})
        ReportWriter.new(kind, path: report_path(pid, child: child, detached: detached), options: printer_options.merge(more_options),
                               profile_name: child ? "profile.#{pid}" : "profile", rescue_directory: directory)
      end

      # Sentences about names that the program turned out not to have.
      def unmatched
        %i[exclude only].filter_map { |name| self[name] }.flat_map { |text| PatternList.missing(text) }
      end

      private

      # A name with the process's number where %p says, or before the extension.
      def numbered(file, pid, child)
        if file.include?("%p")
          file = file.gsub("%p", pid.to_s)
        elsif child
          extension = File.extname(file)
          file = "#{file.delete_suffix(extension)}.#{pid}#{extension}"
        end
        absolute(file)
      end

      # @raise [OutputError] for ~nobody
      def absolute(path)
        File.expand_path(path, directory)
      rescue ArgumentError => e
        raise OutputError, "cannot write to #{path}: #{e.message}"
      rescue SystemCallError
        raise OutputError, "cannot write to #{path}: the current directory is gone"
      end

      def working_directory
        Dir.pwd
      rescue SystemCallError
        nil
      end

      def make_profile_options
        options = {
          measure_mode: RubyProf.measure_mode,
          track_allocations: flag(:track_allocations, false),
          c_calls: flag(:c_calls, true),
          operators: flag(:operators, false),
          blocks: flag(:blocks, false),
          latency: flag(:latency, false),
          exclude_common: flag(:exclude_common, false),
          exclude: patterns(:exclude),
          only: patterns(:only),
          max_nodes: bound(:max_nodes),
          max_depth: bound(:max_depth),
          budget: choose(:budget, nil, "a number from 0 to 1") { |text| share(text) }
        }
        options.reject { |name, value| value == [] || (name == :exclude_common && !value) }
      end

      def make_printer_options
        {
          min_percent: choose(:min_percent, nil, "a number from 0") { |text| percent(text) },
          sort_method: choose(:sort, nil, "total, self, wait, child") { |name| SORTS[name.delete_suffix("_time")] },
          **%i[ledger gc overhead gc_nodes compensate].to_h { |name| [name, flag(name, nil)] }
        }.compact
      end

      def percent(text)
        number = Float(text, exception: false)
        number if number&.finite? && number >= 0
      end

      def bound(name)
        choose(name, nil, "an Integer from 1") do |text|
          number = Integer(text, 10, exception: false)
          [number, (2**32) - 1].min if number&.positive?
        end
      end

      def share(text)
        number = Float(text, exception: false)
        number if number&.between?(0, 1)
      end

      # @return [Boolean, nil] nil only by default
      def flag(name, default)
        { yes: true, no: false }.fetch(choose(name, nil, "0 or 1") { |text| { "1" => :yes, "0" => :no }[text] }, default)
      end

      def patterns(name)
        PatternList.parse(self[name] || "")
      rescue ArgumentError => e
        leave_out(name, "#{NAMES[name]}: #{e.message}. It is left out")
        []
      end

      # What the block makes of the value, or of the default if that is nothing.
      def choose(name, default, wanted)
        text = self[name]
        chosen = text && yield(text)
        return chosen if chosen

        leave_out(name, "#{NAMES[name]}=#{text.scrub("?")} cannot be used; it can be #{wanted}") if text
        default && yield(default)
      end

      def leave_out(name, reason)
        ReportWriter.say(reason)
        @unusable << name
        @values = @values.except(name)
      end
    end
  end
end
