# frozen_string_literal: true

module RubyProf
  module Expectations
    # Keywords that somebody gives and we do not know.
    module Keywords
      module_function

      # @param unknown [Hash] what was given besides
      # @param name [Symbol] of what was called
      # @param method [UnboundMethod] that has the keywords
      # @param except [Array<Symbol>] those of them that are not for users
      # @raise [ArgumentError] naming those that there are
      def check(unknown, name, method, except: [])
        return if unknown.empty?

        keywords = unknown.keys.map { |each| Text.value(each) }
        known = method.parameters.select { |kind, _| kind == :key }.map(&:last) - except
        raise ArgumentError, "unknown keyword#{"s" if keywords.size > 1}: #{keywords.join(", ")}; #{name} takes #{known.map { |each| "#{each}:" }.join(", ")}"
      end
    end
  end
end
