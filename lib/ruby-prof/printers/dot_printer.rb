# frozen_string_literal: true

module RubyProf
  # The call graph in the language of Graphviz.
  #
  #   File.open("calls.dot", "w") { |file| RubyProf::DotPrinter.new(result).print(file, min_percent: 1) }
  #
  # Then `dot -Tsvg calls.dot -o calls.svg` draws it.
  class DotPrinter < AbstractPrinter
    private

    def default_filter
      :total_time
    end

    def report
      Report.render(@result, :dot, report_options)
    end
  end
end
