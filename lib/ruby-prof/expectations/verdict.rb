# frozen_string_literal: true

module RubyProf
  module Expectations
    # What an expectation says of a block. The message is nil if it passed. Given as a Proc it is made when it is first
    # asked for: to say more about a failure the block is run again, which nobody wants where `or` passes.
    class Verdict < ::Struct.new(:passed, :message) # rubocop:disable Style/StructInheritance
      def passed?
        passed
      end

      def message
        given = super
        return given unless ::Proc === given

        self.message = given.call
      end
    end
  end
  private_constant :Expectations
end
