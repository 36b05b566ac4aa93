# frozen_string_literal: true

module RubyProf
  # The version of the gem; the crates carry none of their own.
  VERSION = "0.1.0"
end
