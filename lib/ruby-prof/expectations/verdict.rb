# frozen_string_literal: true

module RubyProf
  module Expectations
    # What came of an expectation: whether it holds, and a message for people, nil if there is nothing to say.
    Verdict = Struct.new(:passed, :message) do
      alias_method :passed?, :passed
    end
  end
  private_constant :Expectations
end
