# frozen_string_literal: true

require "ruby-prof/report_writer"

module RubyProf
  module TestRun
    # The profiles of a run's examples, on disk in one file without a name, and what they are as one.
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

      def initialize
        @pruned = false
        @places = []
        @lock = Mutex.new
      end

      # @param bytes [String] of a profile file
      # @return [Array(Integer, Integer)] where it is
      # @raise [SystemCallError] if there is no room
      def add(bytes)
        @lock.synchronize do
          @file ||= open_file
          place = [@end ||= 0, bytes.bytesize]
          @file.seek(place.first)
          @file.write(bytes)
          @file.flush
          @end += bytes.bytesize
          @places << place
          place
        end
      end

      # @return [String] the bytes at a place
      def read(place)
        @lock.synchronize do
          @file.seek(place.first)
          @file.read(place.last)
        end
      end

      # @return [String, nil] the bytes of one profile of all; nil if there is none
      def merged
        pile = []
        batches { |places| stack(pile, merge(places.map { |place| read(place) })) }
        pile.map(&:first).reverse.reduce { |one, other| merge([other, one]) }
      end

      def close
        @file&.close
        @file = nil
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

      def open_file
        problem = nil
        [ENV["TMPDIR"], "/tmp", Dir.pwd].each do |directory|
          next if directory.nil? || directory.empty?

          return open_in(directory)
        rescue SystemCallError => e
          problem = e
        end
        raise problem
      end

      # For this process alone, and gone when it ends, however it ends.
      def open_in(directory)
        path = File.join(directory, "ruby-prof.#{Process.pid}.#{Random.urandom(8).unpack1("H*")}")
        file = File.open(path, File::RDWR | File::CREAT | File::EXCL | File::BINARY, 0o600)
        File.delete(path)
        file
      end
    end
  end
end
