# frozen_string_literal: true

require "ruby-prof"
require "ruby-prof/filter"
require "ruby-prof/counting/counts"
require "ruby-prof/counting/analysis"

module RubyProf
  # Counts the calls that a block makes: exactly, without times, and where only some methods are of interest at
  # no cost for the others.
  module Counting # :nodoc:
    # Ruby methods up to which each is watched by itself; with more of them all calls are looked at.
    # Watching one takes about 10 us, looking at a call 0.05 us.
    MOST_TARGETS = 200
    # Where Ruby's own methods that are written in Ruby are. Some send the events of C functions.
    INTERNAL = "<internal:"

    autoload :Selection, "ruby-prof/counting/selection"

    class << self
      # @param selection [Selection, nil] whose calls are counted; nil: every call
      # @param arguments [Array] for the block
      # @param all_threads [Boolean] also those of other threads while the block runs
      # @param objects [Boolean] count new objects too
      # @return [Counts]
      # @raise what the block raises
      def run(selection = nil, all_threads: false, objects: false, arguments: [], &block)
        return count(Watch::EVERYTHING, all_threads, objects, arguments, &block) if selection.nil?

        targets = selection.targets
        counts = count(Watch.of(targets), all_threads, objects, arguments, &block)
        # What the block has defined anew is no target yet.
        counts.stale = selection.changed?
        counts
      end

      # Counts objects, and no calls.
      #
      # @return [Counts]
      def objects(all_threads: false, arguments: [], &block)
        count(Watch::NOTHING, all_threads, true, arguments, &block)
      end

      # Runs the block once with everything that helps to explain a count.
      #
      # @param (see .run)
      # @return [Analysis]
      # @raise (see .run)
      def analyse(selection, all_threads: false, arguments: [], track_allocations: false, &block)
        targets = selection ? selection.targets : []
        counter = Counter.new(targets.map { |target| [target.owner, target.name] }, all_threads, false, true)
        profile = Profile.new(allow_exceptions: true, track_allocations: track_allocations, blocks: false, latency: false,
                              include_threads: all_threads ? nil : [::Thread.current])
        value = nil
        profile.start
        begin
          value = counter.count([], false, false, arguments, &block)
        ensure
          profile.stop
        end
        Analysis.new(value, counter, profile)
      end

      private

      def count(watch, all_threads, objects, arguments, &block)
        counter = Counter.new(watch.keys, all_threads, objects, false)
        value = counter.count(watch.targets, watch.ruby, watch.c, arguments, &block)
        Counts.new(value, counter.edges, objects ? counter.objects : nil)
      end
    end

    # How methods are watched: `keys` by owner and name, nil for all; `targets` one by one; calls of all methods in
    # Ruby, in C.
    Watch = Struct.new(:keys, :targets, :ruby, :c) do
      def self.of(targets)
        keys = targets.map { |target| [target.owner, target.name] }
        # Aliases and copies share their code: one that is watched shows the calls of all. (Ruby has one object for it.)
        watched = {}.compare_by_identity
        targets.each { |target| watched[RubyVM::InstructionSequence.of(target.method)] ||= target.method }
        in_c = watched.delete(nil) # Attributes and the like are as good as in C.
        alone = watched.length <= MOST_TARGETS && watched.each_key.all? { |code| can_be_watched_alone?(code) }
        return new(keys, watched.values, false, !in_c.nil?) if alone

        # One way for all, or a call might be counted in both.
        new(keys, [], true, !in_c.nil? || watched.each_key.any? { |code| internal?(code) })
      end

      # Once a method made of a block (define_method) was the target of a TracePoint, up to Ruby 3.4 at least no
      # other one sees its calls any more, and no profile: its block loses its marks.
      def self.can_be_watched_alone?(code)
        code.label == code.base_label && !internal?(code)
      end

      def self.internal?(code)
        code.path.start_with?(INTERNAL)
      end
      private_class_method :can_be_watched_alone?, :internal?
    end
    Watch::EVERYTHING = Watch.new(nil, [], true, true).freeze
    Watch::NOTHING = Watch.new([], [], false, false).freeze
    private_constant :Watch
  end

  HIDDEN.push(Counter, Counting, Counting::Counts, Counting::Analysis, Counting::Edge, Counting::Frame, Counting::FanOut,
              Counting.const_get(:Watch))
  private_constant :Counting
end
