# frozen_string_literal: true

module RubyProf
  # The options of printers: what they may be, and how they read.
  module PrinterOptions
    # Names of the columns that methods can be sorted and filtered by.
    COLUMNS = %i[total_time self_time wait_time children_time].freeze

    # The largest max_depth and max_threads: a profile has no more call paths than that.
    MAX_COUNT = (2**32) - 1

    # The largest number of nanoseconds or objects that a profile can hold.
    MAX_VALUE = (2**64) - 1

    # ruby-prof's `nonzero: true`: leaves out what would have been printed as 0.00.
    NONZERO_TIME = 0.005

    # Options that have an effect, and a check.
    CHECKED = %i[min_percent max_percent min_time nonzero sort_method filter_by max_depth max_threads title only exclude compensate overhead gc gc_nodes ledger latency].freeze

    # Options of ruby-prof's printers that say nothing about this report, taken without a word.
    ELSEWHERE = %i[application editor_uri expansion path print_file profile threshold].freeze

    # @return [Numeric] the least share of the thread's total, in percent, for a method to be shown
    def min_percent
      @min_percent || @options[:min_percent] || 0
    end

    # @return [Numeric] the largest such share
    def max_percent
      @max_percent || @options[:max_percent] || 100
    end

    # @return [Symbol] the column whose share that is
    def filter_by
      @filter_by || @options[:filter_by] || default_filter
    end

    # @return [Symbol] the column that methods are sorted by, descending
    def sort_method
      @sort_method || @options.fetch(:sort_method, default_sort) || :total_time
    end

    # @return [Float] the least total time in seconds (objects, when those are measured)
    def min_time
      @options[:min_time] || (@options[:nonzero] ? NONZERO_TIME : 0)
    end

    # @return [Integer, nil] the largest number of calls between the root and a method
    def max_depth
      @max_depth || @options[:max_depth]
    end

    # @return [Integer] how many threads (fibers) get a section of their own, the longest running
    #   first; the others are in the summary and in the section over all threads
    def max_threads
      @options[:max_threads] || 50
    end

    private

    # Takes the options of one call of print. Printers derived from ruby-prof's read them in @options (1.x) or in
    # variables of their own (2.x), and set them there if they have their own print.
    def take_options(options)
      @options = checked(options)
      @min_percent, @max_percent, @filter_by, @sort_method, @max_depth = nil
      @min_percent = min_percent
      @max_percent = max_percent
      @filter_by = filter_by
      @sort_method = sort_method
      @max_depth = max_depth
      filter_result
      @options
    end

    # The printed profile has only the methods that `only:` and `exclude:` leave, and times as `compensate:` and `gc_nodes:` want them.
    def filter_result
      @whole ||= @result
      patterns = @options.slice(:only, :exclude).compact
      @result = patterns.empty? ? @whole : Filter.from_options(patterns).apply(@whole)
      @result = Report.compensated(@result, @options[:compensate]) unless @options[:compensate].nil?
      @result = Report.with_gc_nodes(@result) if @options[:gc_nodes]
    end

    def default_filter
      :self_time
    end

    def default_sort
      :total_time
    end

    # Names options that nobody knows, in a warning where print was called. A printer from elsewhere has
    # options of its own.
    def warn_of_unknown(options)
      unknown = options.keys - CHECKED - ELSEWHERE
      return if unknown.empty? || !ours?

      warn "#{self.class} does not know #{unknown.map(&:inspect).join(", ")} and leaves it out", uplevel: 2
    end

    def checked(options)
      options.each do |name, value|
        case name
        when :min_percent, :max_percent, :min_time
          check(name, value, "a finite number that is not negative") do
            Numeric === value && value.real? && value.finite? && value >= 0
          end
        when :sort_method, :filter_by
          check(name, value, COLUMNS.map(&:inspect).join(", ")) { Object === value && value.respond_to?(:to_sym) && COLUMNS.include?(value.to_sym) }
        when :max_depth, :max_threads
          check(name, value, "an Integer from 0 to #{MAX_COUNT}") { Integer === value && value.between?(0, MAX_COUNT) }
        when :compensate, :overhead, :gc, :gc_nodes, :ledger, :latency
          check(name, value, "true or false") { [true, false].any? { |flag| flag.equal?(value) } }
        when :title
          check(name, value, "a String") { String === value }
        end
      end
    end

    def check(name, value, wanted)
      return if NilClass === value || yield

      # A BasicObject answers nothing.
      shown = Object === value ? value.inspect : Kernel.instance_method(:class).bind_call(value)
      raise ArgumentError, "#{name}: #{shown} cannot be used: give #{wanted}"
    end

    # The options as the reports in Rust take them.
    def report_options
      {
        min_percent: min_percent.to_f, max_percent: max_percent.to_f, filter_by: filter_by,
        sort_method: sort_method, min_value: min_value, max_depth: max_depth,
        max_threads: max_threads, overhead: @options[:overhead], gc: @options[:gc], ledger: @options[:ledger], latency: @options[:latency], title: as_text(@options[:title]),
        generated_at: Time.now.strftime(time_format), version: VERSION, **terminal_options
      }.compact
    end

    # Who looks at a terminal has its width, and is in the current directory.
    def terminal_options
      return {} unless text_format && (width = terminal_width(@output))

      { width: width, directory: as_text(::Dir.pwd) }
    rescue ::SystemCallError # The directory is gone.
      { width: width }
    end

    # A String as the reports take it: UTF-8, what cannot be shown replaced.
    def as_text(string)
      string&.encode(Encoding::UTF_8, invalid: :replace, undef: :replace)&.scrub
    end

    # min_time in the profile's own unit: nanoseconds or objects.
    def min_value
      unit = [ALLOCATIONS, MEMORY].include?(@result.measure_mode) ? 1 : 1_000_000_000
      [min_time * unit, MAX_VALUE].min.ceil
    end
  end
end
