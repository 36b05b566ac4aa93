# frozen_string_literal: true

module RubyProf
  module Expectations
    # Finds the N+1 among calls: the method of one's own that makes the same number of them each time it is called, or that
    # makes them in a loop of its own.
    class FanOut
      # Twice may be chance.
      ACTIVATIONS = 3

      # @param analysis [Counting::Analysis]
      def initialize(analysis, own)
        @stacks = analysis.stacks.sort_by { |called, _| -called }
        @total = @stacks.sum(&:first)
        @own = own
        @profile = analysis.profile
        @by_method = analysis.fan_outs.to_h { |each| [each.method, each] }
      end

      # @return [Array<String>] none where there is no such method
      def lines
        even_lines || loop_lines || []
      end

      private

      # Of several methods on the stack it is the nearest to the calls, since that is where a cache or a preloaded value would
      # go; and above it the loop.
      def even_lines
        @stacks.each do |_, frames|
          place = frames.index { |frame| even?(@by_method[frame.method]) && own?(frame) }
          next unless place

          found = @by_method[frames[place].method]
          return [sentence(found), *loop_line(found, frames.drop(place + 1))] if most?(found.called)
        end
        nil
      end

      def most?(called)
        called * 2 >= @total
      end

      def even?(fan_out)
        fan_out && fan_out.least == fan_out.most && fan_out.least.positive? && fan_out.activations >= ACTIVATIONS
      end

      def own?(frame)
        @own.method?(frame.method) || (frame.method.file.nil? && @own.file?(frame.file))
      end

      def sentence(found)
        "looks like N+1: each of #{Text.count(found.activations, "call")} of #{Text.method_name(found.method)} makes exactly #{Text.number(found.least)} of these calls"
      end

      # The nearest own code above that is called far less often.
      def loop_line(found, above)
        frame = above.find do |each|
          each.method != found.method && own?(each) && (@by_method[each.method]&.activations || 1) * 2 <= found.activations
        end
        return [] unless frame

        ["  in a loop #{frame.method.name ? "of" : "at"} #{Text.code(frame.method, frame.file, frame.line)}"]
      end

      # One line that makes most of the calls, each of its method's calls several.
      def loop_lines
        lines = ::Hash.new(0)
        @stacks.each { |called, frames| nearest(frames)&.then { |frame| lines[frame] += called } }
        frame, called = lines.max_by(&:last)
        return unless frame && most?(called)

        times = times(frame.method)
        return if called < ACTIVATIONS * times

        ["looks like N+1: #{Text.count(times, "call")} of #{Text.method_name(frame.method)} #{times == 1 ? "makes" : "make"} #{Text.number(called)} of these calls",
         "  in a loop at #{Text.place(frame.file, frame.line)}"]
      end

      # The line of a method of one's own, if what it calls there is called in a loop, and does not itself make many calls.
      def nearest(frames)
        place = frames.index { |frame| @own.file?(frame.file) }
        return if place.nil? || frames[place].method.name.nil? || frames[place].method == home(frames)

        through = place.zero? ? nil : @by_method[frames[place - 1].method]
        frames[place] if place.zero? || (through && through.activations == through.called)
      end

      # The method of the test, whose loops are meant.
      def home(frames)
        start = frames.index { |frame| frame.method.full_name == "RubyProf::Expectations::Work#call" }
        start&.positive? ? frames[start - 1].method : nil
      end

      # How often a method was called, also by itself.
      def times(method)
        @calls ||= @profile.threads.flat_map(&:methods).each_with_object(::Hash.new(0)) { |each, calls| calls[each.full_name] += each.called }
        [@calls[method.full_name], @by_method[method]&.activations.to_i, 1].max
      end
    end
  end
end
