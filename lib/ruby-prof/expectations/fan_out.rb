# frozen_string_literal: true

module RubyProf
  module Expectations
    # Finds the method of one's own that makes the same number of calls each time it is called: an N+1. Of several on the
    # stack it is the nearest to the calls, since that is where a cache or a preloaded value would go; and above it the loop.
    class FanOut
      # Twice may be chance.
      ACTIVATIONS = 3

      # @param analysis [Counting::Analysis]
      def initialize(analysis, own)
        @stacks = analysis.stacks.sort_by { |called, _| -called }
        @total = @stacks.sum(&:first)
        @own = own
        @by_method = analysis.fan_outs.to_h { |each| [each.method, each] }
      end

      # @return [Array<String>] none where there is no such method
      def lines
        @stacks.each do |_, frames|
          place = frames.index { |frame| even?(@by_method[frame.method]) && own?(frame) }
          next unless place

          found = @by_method[frames[place].method]
          return [sentence(found), *loop_line(found, frames.drop(place + 1))] if found.called * 2 >= @total
        end
        []
      end

      private

      def even?(fan_out)
        fan_out && fan_out.least == fan_out.most && fan_out.least.positive? && fan_out.activations >= ACTIVATIONS
      end

      def own?(frame)
        @own.method?(frame.method) || (frame.method.file.nil? && @own.file?(frame.file))
      end

      def sentence(found)
        "fan-out: #{Text.count(found.called, "call")} within #{Text.count(found.activations, "call")} of " \
          "#{Text.method_name(found.method)} (exactly #{found.least} each): looks like N+1"
      end

      # The nearest own code above that is called far less often.
      def loop_line(found, above)
        frame = above.find do |each|
          each.method != found.method && own?(each) && (@by_method[each.method]&.activations || 1) * 2 <= found.activations
        end
        return [] unless frame

        ["  in a loop of #{Text.code(frame.method, frame.file, frame.line)}"]
      end
    end
  end
end
