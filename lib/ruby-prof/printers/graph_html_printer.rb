# frozen_string_literal: true

module RubyProf
  # All methods with their callers and callees as one page, which needs nothing beside it.
  #
  #   File.open("profile.html", "w") { |file| RubyProf::GraphHtmlPrinter.new(result).print(file) }
  class GraphHtmlPrinter < AbstractPrinter
    private

    def default_filter
      :total_time
    end

    def report
      Report.render(@result, :graph_html, report_options)
    end
  end
end
