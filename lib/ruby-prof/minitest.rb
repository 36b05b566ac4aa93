# frozen_string_literal: true

require "ruby-prof/minitest/assertions"
