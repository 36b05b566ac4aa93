# frozen_string_literal: true

# Can this contender be loaded, and run once with these settings?

require "json"
require_relative "../support/contenders"

contender = Bench::Contenders::ALL.fetch(ARGV.fetch(0)).new(**JSON.parse(ARGV.fetch(1), symbolize_names: true))
contender.start
[3, 1, 2].sort
contender.stop
puts JSON.generate(version: contender.version)
