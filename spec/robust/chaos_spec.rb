# frozen_string_literal: true

require_relative "isolated"

# Seeds are drawn anew in every run; an example's name has the one that it used.
RSpec.describe "a program made up at random", stress: false do
  seeds = Random.new(RSpec.configuration.seed)
  Array.new(ENV["HEAVY"] ? 100 : 6) { seeds.rand(1_000_000) }.each_with_index do |seed, index|
    events = index % 3 == 2 ? "public" : "layout"
    it "is counted exactly (seed #{seed}, events by #{events})" do
      script = "ARGV.replace([\"#{seed}\"]); load #{File.join(__dir__, "chaos.rb").dump}"
      expect(output_of(script, seconds: 60, env: { "RUBY_PROF_EVENTS" => events })).to match(/\A\{.*\}: checked\z/)
    end
  end
end
