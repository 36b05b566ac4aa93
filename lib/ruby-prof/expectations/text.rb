# frozen_string_literal: true

module RubyProf
  module Expectations
    # Names and places in messages: whatever a program calls its methods and files, a line stays a line.
    module Text
      NAME = 80
      PLACE = 90

      module_function

      # @return [String] in UTF-8, with control characters and what is no text escaped, shortened in the middle
      def shown(text, limit = NAME)
        text = text.to_s
        # No more is looked at than can be shown.
        text = text.byteslice(0, 4 * limit) + text.byteslice(-4 * limit, 4 * limit) if text.bytesize > 16 * limit
        text = text.dup.force_encoding(::Encoding::UTF_8) unless text.encoding == ::Encoding::UTF_8
        text = text.scrub { |bytes| bytes.bytes.map { |byte| format("\\x%02X", byte) }.join }
        text = text.gsub(/[[:cntrl:]\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/) { |char| char.dump[1..-2] }
        shortened(text, limit)
      end

      def shortened(text, limit)
        return text if text.length <= limit

        front = (limit - 1) / 2
        "#{text[0, front]}…#{text[-(limit - 1 - front)..]}"
      end

      # "lib/a.rb:12", relative to the current directory; nil without a file
      def place(file, line)
        return nil if file.nil? || file.empty?

        path = relative(shown(file, 1_000))
        path = "…#{path[-(PLACE - 1)..]}" if path.length > PLACE
        line.to_i.positive? ? "#{path}:#{line}" : path
      end

      def relative(path)
        here = ::File.join(::Dir.pwd, "")
        path.start_with?(here) ? path[here.length..] : path
      rescue ::SystemCallError, ::EncodingError
        path
      end

      # What somebody gave where something else was wanted. Only Ruby's own values are shown as they are.
      def value(object)
        case object
        when ::Integer, ::Float, ::Symbol, ::NilClass, ::TrueClass, ::FalseClass, ::String then shown(object.inspect, 60)
        when ::Range then "#{value(object.begin) if object.begin}#{object.exclude_end? ? "..." : ".."}#{value(object.end) if object.end}"
        when ::Array then shown("[#{object.first(10).map { |each| value(each) }.join(", ")}#{", …" if object.size > 10}]", 100)
        else "an object of #{shown(::Module.instance_method(:inspect).bind_call(::Kernel.instance_method(:class).bind_call(object)))}"
        end
      end

      # "1,000": how all numbers of calls, objects and sizes are shown
      def number(number)
        number.to_s.gsub(/(?<=\d)(?=(?:\d{3})+\z)/, ",")
      end

      # "3 calls", "1 call"
      def count(number, noun)
        "#{number(number)} #{number == 1 ? noun : "#{noun}s"}"
      end

      # As it is written in patterns: "Foo.bar" for "<Class::Foo>#bar".
      def method_name(method, limit = NAME)
        name = method.full_name
        name = name.b.sub(SINGLETON, '\1.').force_encoding(name.encoding) if name.start_with?("<Class::", "<Module::")
        shown(name, limit)
      end

      SINGLETON = /\A<(?:Class|Module)::(.*?)>#/mn

      # "Foo#bar  lib/foo.rb:12": code of a method, and the line. Code outside any method is known by its line alone.
      #
      # @param width [Integer] of the name's column
      def code(method, file, line, width = 0)
        place = place(file, line)
        return place || "code outside any method" if method.name.nil?

        place ? "#{method_name(method).ljust(width)}  #{place}" : method_name(method)
      end
    end
  end
end
