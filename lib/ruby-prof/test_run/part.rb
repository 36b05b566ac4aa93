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

      # @raise [JSON::ParserError, SystemCallError]
      def self.load(path)
        require "json"
        data = JSON.parse(File.read(path, encoding: Encoding::UTF_8))
        new(data.fetch("facts"), data.fetch("rows").map { |row| Row.from_data(row) }, nil)
      end
    end
  end
end
