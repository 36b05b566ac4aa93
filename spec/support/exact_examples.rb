# frozen_string_literal: true

require "exactness"
require "programs"

# Examples for a group of programs: every count of every method and of every caller is the oracle's.
RSpec.shared_examples "exact counts" do |group|
  Programs.in(group).each do |program|
    { "with C methods" => true, "of Ruby methods alone" => false }.each do |what, c_calls|
      it "counts every call #{what}: #{program.name}", stress: false do
        skip program.obstacle if program.obstacle

        expect(Exactness.differences(program, c_calls: c_calls)).to eq []
      end
    end
  end
end
