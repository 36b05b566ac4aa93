# frozen_string_literal: true

module RubyProf
  module Expectations
    # Tells the program's own code (the pattern `:app`) from gems and Ruby's library.
    class OwnCode
      def initialize
        @filter = Filter.new(only: [:app])
        @files = {}
      end

      # Whether a method's definition is own code.
      def method?(method)
        file?(method.file)
      end

      # Whether code that stands in this file is.
      def file?(file)
        return false if file.nil?

        @files.fetch(file) { @files[file] = !@filter.hidden([["#", nil, 0, nil, file]]).first }
      end
    end
  end
end
