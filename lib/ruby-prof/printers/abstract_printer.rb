# frozen_string_literal: true

module RubyProf
  # What all printers have in common: the options, their checks, and where the report goes.
  #
  # A report is made in Rust; a printer names it and says which options it takes.
  class AbstractPrinter
    # Names of the columns that methods can be sorted and filtered by.
    COLUMNS = %i[total_time self_time wait_time children_time].freeze

    # The largest max_depth and max_threads: a profile has no more call paths than that.
    MAX_COUNT = (2**32) - 1

    # The largest number of nanoseconds or objects that a profile can hold.
    MAX_VALUE = (2**64) - 1

    # ruby-prof's `nonzero: true`: leaves out what would have been printed as 0.00.
    NONZERO_TIME = 0.005

    # Options that have an effect, and a check.
    CHECKED = %i[min_percent max_percent min_time nonzero sort_method filter_by max_depth max_threads title].freeze

    # Options of ruby-prof's printers that say nothing about this report, taken without a word.
    ELSEWHERE = %i[application editor_uri expansion path print_file profile threshold].freeze

    # @return [Boolean] whether the report is a directory of files
    def self.needs_dir?
      false
    end

    # @param result [RubyProf::Profile] a profile that was stopped
    # @raise [TypeError] if it is something else
    # @raise [ArgumentError] if it is still running
    def initialize(result)
      unless result.is_a?(Profile)
        raise TypeError, "#{self.class} prints a RubyProf::Profile, not #{result.class}: " \
                         "pass what RubyProf.profile or RubyProf.stop returned"
      end
      raise ArgumentError, "this profile is still running: stop it before printing" if result.running?

      @result = result
      @options = {}
    end

    # Writes the report. Options are keywords or, as in ruby-prof 1.x, a Hash.
    #
    # @param output [#<<, Pathname] an IO, String or Array to append to, or a file to write
    # @param options [Hash] the same as the keywords
    # @param keywords see the accessors of this class; `title:` heads the report
    # @return output
    # @raise [TypeError, ArgumentError] for an output or option that cannot be used
    # @raise [RubyProf::OutputError] if the file cannot be written
    def print(output = $stdout, options = nil, **keywords)
      output, options = $stdout, output if output.is_a?(Hash) && options.nil?
      check_output(output)
      options = merge_options(options, keywords)
      unknown = options.keys - CHECKED - ELSEWHERE
      warn "#{self.class} does not know #{unknown.map(&:inspect).join(", ")} and leaves it out", uplevel: 1 if unknown.any?
      setup_options(options)
      write(output, report)
    end

    # @return [Numeric] the least share of the thread's total, in percent, for a method to be shown
    def min_percent
      @options[:min_percent] || 0
    end

    # @return [Numeric] the largest such share
    def max_percent
      @options[:max_percent] || 100
    end

    # @return [Symbol] the column whose share that is
    def filter_by
      @options[:filter_by] || default_filter
    end

    # @return [Symbol] the column that methods are sorted by, descending
    def sort_method
      @options.fetch(:sort_method, default_sort) || :total_time
    end

    # @return [Float] the least total time in seconds (objects, when those are measured)
    def min_time
      @options[:min_time] || (@options[:nonzero] ? NONZERO_TIME : 0)
    end

    # @return [Integer, nil] the largest number of calls between the root and a method
    def max_depth
      @options[:max_depth]
    end

    # @return [Integer] how many threads (fibers) get a section of their own, the longest running
    #   first; the others are in the summary and in the section over all threads
    def max_threads
      @options[:max_threads] || 50
    end

    # @return [String] how the time of printing is written, for Time#strftime
    def time_format
      "%A, %B %-d at %l:%M:%S %p (%Z)"
    end

    private

    # Takes the options of one call of print.
    def setup_options(options = {})
      @options = checked(options)
    end

    def default_filter
      :self_time
    end

    def default_sort
      :total_time
    end

    def merge_options(options, keywords)
      return keywords if options.nil?
      raise TypeError, "print takes its options as keywords or a Hash, not #{options.class}" unless options.is_a?(Hash)

      strange = options.keys.find { |name| !name.respond_to?(:to_sym) }
      raise ArgumentError, "the option #{strange.inspect} is no name: options are named by Symbols" if strange

      options.transform_keys(&:to_sym).merge(keywords)
    end

    def checked(options)
      options.each do |name, value|
        case name
        when :min_percent, :max_percent, :min_time
          check(name, value, "a finite number that is not negative") do
            value.is_a?(Numeric) && value.real? && value.finite? && value >= 0
          end
        when :sort_method, :filter_by
          check(name, value, COLUMNS.map(&:inspect).join(", ")) { value.respond_to?(:to_sym) && COLUMNS.include?(value.to_sym) }
        when :max_depth, :max_threads
          check(name, value, "an Integer from 0 to #{MAX_COUNT}") { value.is_a?(Integer) && value.between?(0, MAX_COUNT) }
        when :title
          check(name, value, "a String") { value.is_a?(String) }
        end
      end
    end

    def check(name, value, wanted)
      return if value.nil? || yield

      raise ArgumentError, "#{name}: #{value.inspect} cannot be used: give #{wanted}"
    end

    def check_output(output)
      return if appendable?(output) || (defined?(::Pathname) && output.is_a?(::Pathname))

      raise TypeError, "a report cannot be written to #{output.nil? ? "nil" : output.class}: " \
                       "pass an IO, a String, an Array or a Pathname"
    end

    # Numbers and classes have a << that does something else.
    def appendable?(output)
      output.respond_to?(:<<) && !output.is_a?(Numeric) && !output.is_a?(Module)
    end

    def write(output, text)
      if appendable?(output)
        output << text
      else
        write_file(output, text)
      end
      output
    end

    def write_file(path, text)
      path.binwrite(text)
    rescue SystemCallError => e
      raise OutputError, "the report cannot be written to #{path}: #{e.message}. " \
                         "The profile is kept: print it to another place"
    end

    # The report's text; subclasses say which.
    def report
      raise NotImplementedError, "#{self.class} does not say what its report is"
    end

    def report_options
      {
        min_percent: min_percent.to_f, max_percent: max_percent.to_f, filter_by: filter_by,
        sort_method: sort_method, min_value: min_value, max_depth: max_depth,
        max_threads: max_threads,
        title: utf8(@options[:title]), generated_at: Time.now.strftime(time_format), version: VERSION
      }
    end

    # The text as the reports take it: UTF-8, with what is none replaced.
    def utf8(text)
      text&.encode(Encoding::UTF_8, invalid: :replace, undef: :replace)&.scrub
    end

    # min_time in the profile's own unit: nanoseconds or objects.
    def min_value
      unit = [ALLOCATIONS, MEMORY].include?(@result.measure_mode) ? 1 : 1_000_000_000
      [min_time * unit, MAX_VALUE].min.ceil
    end
  end
end
