# frozen_string_literal: true

module RubyProf
  module Expectations
    # What is wrong with an expectation itself, as those who wrote it want to read it: an ArgumentError at their line.
    module Fault
      LIBRARY = ::File.join(::File.dirname(__dir__), "")

      class << self
        # @yield what may raise
        # @raise [ArgumentError, TypeError] ours with the backtrace of the caller's code; a block's own as it is
        def shown
          yield
        rescue ::ArgumentError, ::TypeError => e
          raise unless ours?(e)

          raise plain(e), cause: nil
        end

        private

        def ours?(error)
          error.backtrace&.first.to_s.start_with?(LIBRARY)
        end

        # Nobody has to know our classes of errors.
        def plain(error)
          error = ::ArgumentError.new(error.message).tap { |copy| copy.set_backtrace(error.backtrace) } if Counting::Selection::NoMethodMatches === error
          theirs = error.backtrace.drop_while { |line| line.start_with?(LIBRARY) }
          error.set_backtrace(theirs) if theirs.any?
          error
        end
      end
    end
  end
end
