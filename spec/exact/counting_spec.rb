# frozen_string_literal: true

require "counted"
require "programs"

RSpec.describe "RubyProf::Counting", stress: false do
  Programs.all.each do |program|
    it "counts every call: #{program.name}" do
      skip program.obstacle if program.obstacle

      Oracle.record { program.call } # Autoload, caches.
      expected = Counted.expected(program)
      expect(expected).not_to be_empty
      expect(Counted.every_call(program)).to eq expected
    end

    it "counts the same when only some methods are watched: #{program.name}" do
      skip program.obstacle if program.obstacle

      Oracle.record { program.call }
      found, names = Counted.chosen_calls(program)
      expect(found).to eq Counted.expected(program).slice(*names)
    end
  end
end
