# frozen_string_literal: true

require "exactness"
require "programs"

# An oracle that always agrees would be worth nothing.
RSpec.describe Exactness, stress: false do
  def program(&body)
    Programs::Program.new("a program", :none, nil, body)
  end

  def lists
    [[3, 1], [2]].each(&:sort)
  end

  it "knows the counts of a program that can be counted by hand" do
    table, = Oracle.record { lists }
    example = [self.class.name, 0, :lists]
    sort = ["Array", 0, :sort]
    expect(table.counts).to include(example => [1], sort => [2])
    expect(table.edges).to include([:root, example] => 1)
  end

  it "finds a call that is missing" do
    expected = Oracle.record { 3.to_s && 3.to_s }
    profile = profile { 3.to_s }
    expect(described_class.compare(expected, profile)).to include(/Integer.*to_s.*expected \[2\], found \[1\]/)
  end

  it "finds a call too many" do
    expected = Oracle.record { 3.to_s }
    profile = profile { 3.to_s && 4.succ }
    expect(described_class.compare(expected, profile)).to include(/Integer.*succ.*expected none, found \[1\]/)
  end

  it "finds a call by another method" do
    expected = Oracle.record { [2].sort && 3.to_s }
    profile = profile { [2].sort_by { 3.to_s } && [2].sort }
    expect(described_class.compare(expected, profile)).to include(/calls by and of.*to_s.*expected none, found 1/)
  end

  it "finds a thread that is missing" do
    expected = Oracle.record { Thread.new { 3.to_s && 3.succ }.join }
    profile = profile { 3.to_s }
    expect(described_class.compare(expected, profile)).not_to be_empty
  end

  it "runs a program that changes nothing for the next run" do
    runs = 0
    described_class.differences(program { runs += 1 })
    expect(runs).to eq 3
  end
end
