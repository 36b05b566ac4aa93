# frozen_string_literal: true

# For `gem "ruby-prof-rs"` in a Gemfile without `require:`.
require "ruby-prof"
