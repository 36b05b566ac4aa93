# frozen_string_literal: true

module RubyProf
  # The call trees as boxes that are as wide as their totals: one page, which needs nothing beside it.
  #
  #   File.open("flame.html", "w") { |file| RubyProf::FlameGraphPrinter.new(result).print(file) }
  #
  # The limits (min_percent, max_depth and so on) remove boxes; a box stays if it is within them or
  # leads to one that is. Boxes stand in the order of their first call; the reader can order them by total.
  class FlameGraphPrinter < AbstractPrinter
    # @return [String] heads the page
    def title
      @options[:title] || "ruby-prof flame graph"
    end

    private

    def default_filter
      :total_time
    end

    def report
      Report.render(@result, :flame_graph, report_options.merge(title: as_text(title)))
    end
  end
end
