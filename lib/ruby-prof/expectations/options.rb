# frozen_string_literal: true

module RubyProf
  module Expectations
    # How a block is run and what of it is counted.
    # `words`: how all threads are asked for in the framework's own words.
    Options = ::Struct.new(:cold, :stable, :all_threads, :words, keyword_init: true) do
      # @raise [ArgumentError] for what excludes each other
      def check!
        return unless cold && stable

        raise ArgumentError, "cold and stable exclude each other: the block has only one first run. Leave out one of them"
      end

      # How often the block is counted.
      def runs
        stable ? 3 : 1
      end

      # ".on_all_threads", for advice
      def all_threads_word
        words || ".on_all_threads"
      end

      # " on all threads", for descriptions
      def to_s
        "#{" on all threads" if all_threads}#{" in the first run" if cold}"
      end
    end
  end
end
