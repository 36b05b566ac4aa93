# frozen_string_literal: true

# Can this contender be loaded, and run once?

require "json"
require_relative "../support/contenders"

contender = Bench::Contenders::ALL.fetch(ARGV.fetch(0)).new
contender.start
[3, 1, 2].sort
contender.stop
puts JSON.generate(version: contender.version)
