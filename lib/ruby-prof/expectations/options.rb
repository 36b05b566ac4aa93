# frozen_string_literal: true

module RubyProf
  module Expectations
    # How a block is run and what of it is counted.
    # `given_words`: those of the framework, if it is not RSpec.
    Options = ::Struct.new(:cold, :stable, :all_threads, :given_words, keyword_init: true) do
      # @raise [ArgumentError] for what excludes each other
      def check!
        return unless cold && stable

        raise ArgumentError, "cold and stable exclude each other: the block has only one first run. Leave out one of them"
      end

      # How often the block is counted.
      def runs
        stable ? 3 : 1
      end

      # @return [Words]
      def words
        given_words || Words::RSPEC
      end

      # " on all threads", for descriptions
      def to_s
        "#{" on all threads" if all_threads}#{" in the first run" if cold}"
      end
    end
  end
end
