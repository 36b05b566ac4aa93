# frozen_string_literal: true

module RubyProf
  # The name FlatPrinter had in ruby-prof 0.x and 1.x when it was to print line numbers too. It always does.
  class FlatPrinterWithLineNumbers < FlatPrinter
    @told = false

    class << self
      # Says once a process what to write instead.
      def new(*)
        unless @told
          @told = true
          warn "RubyProf::FlatPrinterWithLineNumbers is an old name: use RubyProf::FlatPrinter, which prints line numbers too", uplevel: 1
        end
        super
      end
    end
  end
end
