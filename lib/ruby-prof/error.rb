# frozen_string_literal: true

module RubyProf
  # What this library raises beyond Ruby's own ArgumentError, TypeError and RuntimeError.
  class Error < StandardError; end

  # A report could not be written. The profile is intact: print it again, elsewhere.
  class OutputError < Error; end

  # What should be a profile file is something else, damaged, or of a later release.
  class FormatError < Error; end

  # A defect of this library. Where one happened while recording, #profile holds what was recorded
  # before it.
  class InternalError < Error
    # @return [RubyProf::Profile, nil]
    attr_reader :profile
  end
end
