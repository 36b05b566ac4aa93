# frozen_string_literal: true

module RubyProf
  module Counting
    # A method that runs, and the line it is at; nil and 0 in C.
    Frame = Struct.new(:method, :file, :line)

    # How many of the selected calls the activations of a method made, each at least and at most; `called` is
    # the sum. An activation within another one of the same method is part of it.
    FanOut = Struct.new(:method, :activations, :least, :most, :called)

    # What was seen in a run that explains a count.
    class Analysis
      # @return [Counts]
      attr_reader :counts
      # @return [RubyProf::Profile] of the same run
      attr_reader :profile

      def initialize(value, counter, profile)
        @counts = Counts.new(value, counter.edges, nil)
        @counter = counter
        @profile = profile
      end

      # @return [Array<(Integer, Array<Frame>)>] how many calls were made on each stack, innermost caller first; of
      #   10,000 stacks at most, each 200 deep at most
      def stacks
        @stacks ||= @counter.stacks.map do |called, frames|
          [called, frames.map { |facts, file, line| Frame.new(method(facts), file, line) }]
        end
      end

      # @return [Array<FanOut>] of the methods in whose activations selected calls were made
      def fan_outs
        @fan_outs ||= @counter.fan_outs.map { |facts, *numbers| FanOut.new(method(facts), *numbers) }
      end

      private

      # An Array of facts is one method's, however often it comes.
      def method(facts)
        @methods ||= {}.compare_by_identity
        @methods[facts] ||= Filter::Method.new(*facts)
      end
    end
  end
end
