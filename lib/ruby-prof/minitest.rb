# frozen_string_literal: true

# For Minitest: profiles of tests and of whole runs, and assertions of exact numbers of calls.
#
#   require "ruby-prof/minitest" # in test_helper.rb

require "ruby-prof/minitest/run"
require "ruby-prof/minitest/assertions"
