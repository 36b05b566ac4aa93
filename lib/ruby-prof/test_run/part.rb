# frozen_string_literal: true

module RubyProf
  module TestRun
    # What one process has of a run: facts about it, rows, and its profile as bytes (nil without one).
    Part = Struct.new(:facts, :rows, :profile) do
      # @return [String] without the profile
      def to_json_text
        require "json"
        JSON.generate("facts" => facts, "rows" => rows.map(&:to_data))
      end

      # @raise [ArgumentError, SystemCallError] ArgumentError for a file that is none of ours, or damaged
      def self.load(path)
        require "json"
        data = JSON.parse(File.read(path, encoding: Encoding::UTF_8))
        raise ArgumentError, "it is no part of a run" unless Hash === data && facts?(data["facts"]) && Array === data["rows"] && data["rows"].all? { |row| Row.data?(row) }

        new(data["facts"], data["rows"].map { |row| Row.from_data(row) }, nil)
      rescue JSON::JSONError, EncodingError
        raise ArgumentError, "it is no JSON"
      end

      def self.facts?(facts)
        Hash === facts && { "pid" => [Integer], "number" => [String], "framework" => [String], "started_at" => [String], "seconds" => [Numeric], "profiled" => [true, false],
                            "measure_mode" => [Integer], "outside_total" => [Integer], "outside_calls" => [Integer] }.all? { |name, kinds| kinds.any? { |kind| kind === facts[name] } }
      end
      private_class_method :facts?
    end
  end
end
