# frozen_string_literal: true

# Collects Ruby's warnings about files of this gem: the suite fails if there are any.
module OurWarnings
  LIBRARY = File.join(GEM_ROOT, "lib", "").freeze

  @messages = []

  class << self
    attr_reader :messages

    def check!
      return if messages.empty?

      raise "warnings about our own files:\n#{messages.uniq.join}"
    end
  end

  # In front of Ruby's own.
  module Listener
    def warn(message, **options)
      OurWarnings.messages << message if message.start_with?(LIBRARY)
      super
    end
  end

  Warning.extend(Listener)
end
