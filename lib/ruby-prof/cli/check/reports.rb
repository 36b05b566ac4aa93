# frozen_string_literal: true

module RubyProf
  module CLI
    # What `ruby-prof check` says.
    module CheckReports
      # Names of files, what is different, and how the limits judge it.
      Result = Struct.new(:baseline, :current, :difference, :results) do
        def passed?
          results.none?(&:exceeded)
        end
      end

      FORMATS = %i[text json junit].freeze

      # @raise [Failure] if stdout takes no more
      def self.print(result, format)
        report = const_get(format.to_s.capitalize)
        $stdout.write(report.render(result, color: CallProfile.const_get(:Table).color?($stdout)))
        $stdout.flush
      rescue Errno::EPIPE
        nil # Whoever reads has enough.
      rescue SystemCallError => e
        raise Failure, "the result cannot be written: #{e.message}"
      end
    end
  end
end

require "ruby-prof/cli/check/text"
require "ruby-prof/cli/check/json"
require "ruby-prof/cli/check/junit"
