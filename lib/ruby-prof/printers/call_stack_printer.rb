# frozen_string_literal: true

module RubyProf
  # The call trees as one page, which needs nothing beside it: a row a call path, that opens to show
  # what was called from there.
  #
  #   File.open("stack.html", "w") { |file| RubyProf::CallStackPrinter.new(result).print(file, threshold: 0.5) }
  #
  # The limits (min_percent, max_depth and so on) remove paths; a path stays if it is within them or
  # leads to one that is.
  class CallStackPrinter < AbstractPrinter
    # @return [String] heads the page
    def title
      @options[:title] || "ruby-prof call stack"
    end

    # @return [Numeric] the share of the thread's total, in percent, below which a path starts hidden. The reader of
    #   the page can change it
    def threshold
      @options[:threshold] || 1.0
    end

    # @return [Numeric] the share of the thread's total, in percent, from which a path starts open
    def expansion
      @options[:expansion] || 10.0
    end

    # @return [String] the program that was profiled, as the page shows it
    def application
      @options[:application] || $PROGRAM_NAME
    end

    private

    def default_filter
      :total_time
    end

    def checked(options)
      %i[threshold expansion].each do |name|
        check(name, options[name], "a finite number that is not negative") do
          options[name].is_a?(Numeric) && options[name].real? && options[name].finite? && options[name] >= 0
        end
      end
      check(:application, options[:application], "a String") { options[:application].is_a?(String) }
      super
    end

    def report
      own = { threshold: threshold.to_f, expansion: expansion.to_f, application: as_text(application) }
      Report.render(@result, :call_stack, report_options.merge(own, title: as_text(title)))
    end
  end
end
