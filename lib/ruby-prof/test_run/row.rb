# frozen_string_literal: true

module RubyProf
  module TestRun
    # An example that was run: `status` is "passed", "failed", "pending" or "ended" (it left the
    # run: by exit, or a signal ended it); `seconds` as the test framework took them; `total`
    # in the unit of the measure mode, `calls`, `objects`: nil if they were not measured; `report`: its report's path below
    # the output directory, or nil; `expectations`: [{ expectation:, limit:, called:, passed: }]; `process`: the number of
    # the parallel process, or nil; `failure`: the beginning of the failure's message, or nil.
    Row = Struct.new(:id, :description, :location, :status, :seconds, :total, :calls, :objects, :report, :expectations, :process, :place, :failure) do
      # What goes to another process or into a file.
      def to_data
        to_h.reject { |name, _| name == :place }
      end

      STATUSES = %w[passed failed pending ended].freeze
      TEXTS = %w[id description location].freeze
      NUMBERS = %w[total calls objects].freeze

      # @return [Boolean] whether it is what {#to_data} gave
      def self.data?(data)
        Hash === data && TEXTS.all? { |name| String === data[name] } && NUMBERS.all? { |name| data[name].nil? || (Integer === data[name] && data[name] >= 0) } &&
          STATUSES.include?(data["status"]) && (data["seconds"].nil? || Numeric === data["seconds"]) && [data["report"], data["failure"]].all? { |text| text.nil? || String === text } &&
          Array === data["expectations"] && data["expectations"].all?(Hash)
      end

      def self.from_data(data)
        new(*members.map { |name| data[name.to_s] })
      end

      def failed?
        status == "failed"
      end

      def ended?
        status == "ended"
      end
    end
  end
end
