# frozen_string_literal: true

module RubyProf
  # The call tree of each thread as indented text, one call path a line.
  #
  #   RubyProf::CallInfoPrinter.new(result).print($stdout, min_percent: 1)
  #
  # Callees are in the order of their first call unless `sort_method` is given. A path is shown if it, or one
  # below it, is within the limits.
  class CallInfoPrinter < AbstractPrinter
    # @return [Symbol, nil] the column that callees are sorted by, descending; nil: order of first call
    def sort_method
      @options[:sort_method]
    end

    private

    def default_filter
      :total_time
    end

    def report
      Report.render(@result, :call_info, report_options)
    end
  end
end
