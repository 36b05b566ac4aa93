# frozen_string_literal: true

RSpec.describe RubyProf::Measurement do
  subject(:measurement) { method_info(recorded, "Profiling#profile_by_hand").measurement }

  let(:recorded) { profile_by_hand(c_calls: true) { ManualClock.advance(1_500_000_000) } }

  it "has times in seconds, as Floats" do
    expect(measurement).to have_attributes(called: 1, total_time: 1.5, self_time: 0.0, wait_time: 0.0, children_time: 1.5)
    expect(measurement.total_time).to be_a Float
    expect(measurement.called).to be_an Integer
  end

  it "prints them" do
    expect(measurement.to_s).to start_with "c: 1, tt: 1.5, st: 0"
    expect(measurement.inspect).to include measurement.to_s
  end
end
