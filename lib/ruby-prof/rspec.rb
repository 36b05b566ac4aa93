# frozen_string_literal: true

# For RSpec: profiles of examples and of whole runs, and matchers on exact numbers of calls.
#
#   require "ruby-prof/rspec" # in spec_helper.rb

require "ruby-prof/rspec/run"
require "ruby-prof/rspec/matchers"
