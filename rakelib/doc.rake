# frozen_string_literal: true

require_relative "../spec/support/signatures"
require_relative "../spec/support/documentation"

desc "Write the documentation of the Ruby API to tmp/doc (needs yard); a warning is an error"
task(:doc) { Documentation.new(ROOT).write("#{ROOT}/tmp/doc") }
