# frozen_string_literal: true

require "ruby-prof/test_run/file_limit"
require "ruby-prof/test_run/spool_files"

module RubyProf
  module TestRun
    # The profiles of a run's examples, on disk, and what they are as one.
    class Spool
      # So many profiles become one at a time, when they are small, and so many bytes of larger ones.
      BATCH = 512
      BATCH_BYTES = 500_000

      # Memory at the end of a run is some 260 bytes a call path of two profiles that become one. Beyond this many paths the
      # cheapest are their callers'.
      MOST_PATHS = 250_000

      # @param profiles [Array<String>] bytes
      # @return [Array(String, Boolean)] the bytes of all as one, and whether paths were left out
      def self.merge(profiles)
        TestProfiles.merge(profiles, MOST_PATHS)
      end

      # @return [Boolean] whether the merged profile lacks paths
      attr_reader :pruned

      # @param files [SpoolFiles]
      def initialize(files = SpoolFiles.new)
        @files = files
        @pruned = false
        @places = []
        @lock = Mutex.new
      end

      # @param bytes [String] of a profile file
      # @return [Array<Integer>] where it is
      # @raise [SystemCallError] if there is no room
      def add(bytes)
        @lock.synchronize do
          place = @files.add(bytes)
          @places << place
          place
        end
      end

      # @return [String] the bytes at a place
      def read(place)
        @lock.synchronize { @files.read(place) }
      end

      # @return [String, nil] the bytes of one profile of all; nil if there is none
      def merged
        pile = []
        batches { |places| stack(pile, merge(places.map { |place| read(place) })) }
        pile.map(&:first).reverse.reduce { |one, other| merge([other, one]) }
      end

      def close
        @files.close
      end

      private

      def merge(profiles)
        bytes, pruned = self.class.merge(profiles)
        @pruned ||= pruned
        bytes
      end

      def batches
        batch = []
        bytes = 0
        @places.each do |place|
          batch << place
          bytes += place.last
          next if batch.length < BATCH && bytes < BATCH_BYTES

          yield batch
          batch = []
          bytes = 0
        end
        yield batch if batch.any?
      end

      # Ones of equal rank become one of the next: each profile is read as often as the logarithm of their number says, and
      # never more than two large ones at a time.
      def stack(pile, bytes, rank = 0)
        while pile.last && pile.last.last == rank
          bytes = merge([pile.pop.first, bytes])
          rank += 1
        end
        pile.push([bytes, rank])
      end
    end
  end
end
