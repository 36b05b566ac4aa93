# frozen_string_literal: true

RSpec.describe "uncertainty of times" do
  module UncertaintyFixtures
    class Shop
      def open
        ManualClock.advance(1_000)
        # No `times`, which is Ruby code on some Rubies.
        serve(1)
        serve(1)
      end

      def serve(depth)
        ManualClock.advance(4_000)
        serve(depth - 1) if depth > 0
      end
    end
  end

  # Of 100 ns a call 10 % are not known.
  def charged(**options)
    profile_by_hand(**options) { UncertaintyFixtures::Shop.new.open }.tap { |profile| RubyProf::Testing.charge(profile, 100, 100_000, 0) }
  end

  def uncertainties(of)
    [of.self_uncertainty, of.total_uncertainty].map { |seconds| (seconds * 1e9).round }
  end

  it "is that of the costs of calls, and a quarter of what may be spent in blocks, of the method and of all below it" do
    profile = charged
    # Own times of 1, 8 and 8 us, in which blocks may have run.
    expect(uncertainties(method_info(profile, "UncertaintyFixtures::Shop#open"))).to eq [10 + 250, 50 + 4_250]
    expect(uncertainties(method_info(profile, "UncertaintyFixtures::Shop#serve"))).to eq [40 + 4_000, 40 + 4_000]
  end

  it "is known of each path, and of all calls of one method by another" do
    profile = charged
    tree = call_tree(profile, "UncertaintyFixtures::Shop#open")
    first = tree.children.first
    expect(uncertainties(tree)).to eq [260, 4_300]
    expect(uncertainties(first)).to eq [20 + 2_000, 4_040]
    expect(uncertainties(first.children.first)).to eq [2_020, 2_020]
    edge = method_info(profile, "UncertaintyFixtures::Shop#serve").call_trees.callers.first
    expect(uncertainties(edge)).to eq uncertainties(first)
  end

  it "has no part for blocks where a function in C runs none" do
    profile = RubyProf::Profile.new(compensate: true)
    ManualClock.use_manual_clock(profile)
    profile.profile { UncertaintyFixtures::Shop.new.open }
    RubyProf::Testing.charge(profile, 100, 100_000, 0)
    expect(uncertainties(method_info(profile, "<Module::RubyProf::Testing>#advance")).first).to be <= 60
    expect(uncertainties(method_info(profile, "UncertaintyFixtures::Shop#serve")).first).to be <= 40
  end

  it "is 0 where nothing is subtracted: times that were measured, objects" do
    raw = charged(compensate: false)
    method = method_info(raw, "UncertaintyFixtures::Shop#open")
    expect([method, call_tree(raw, "UncertaintyFixtures::Shop#open")].map { |of| uncertainties(of) }).to all(eq([0, 0]))
    objects = profile(measure_mode: RubyProf::ALLOCATIONS) { UncertaintyFixtures::Shop.new.open }
    expect(objects.threads.first.methods.flat_map { |each| uncertainties(each) }).to all(eq(0))
    expect(uncertainties(RubyProf::CallTree.new(method))).to eq [0, 0]
  end
end
