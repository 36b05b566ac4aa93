# frozen_string_literal: true

module RubyProf
  # The methods of each thread as a table of text, by default those with the most self time first.
  #
  #   RubyProf::FlatPrinter.new(result).print($stdout, min_percent: 1)
  class FlatPrinter < AbstractPrinter
    private

    def default_sort
      :self_time
    end

    def text_format
      :flat
    end

    def report
      Report.render(@result, :flat, report_options)
    end
  end
end
