# frozen_string_literal: true

module RubyProf
  # Every method of each thread with its callers above and its callees below, as text in the manner of gprof.
  #
  #   RubyProf::GraphPrinter.new(result).print($stdout, min_percent: 1)
  #
  # Callers and callees below `min_percent` (of the thread's total) or `min_time` are counted, not listed.
  class GraphPrinter < AbstractPrinter
    private

    def default_filter
      :total_time
    end

    def text_format
      :graph
    end

    def report
      Report.render(@result, :graph, report_options)
    end
  end
end
