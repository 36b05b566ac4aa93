# frozen_string_literal: true

RSpec.describe RubyProf::MethodInfo do
  module MethodInfoFixtures
    class Shop
      def open
        ManualClock.advance(1)
        serve(3)
        sweep
      end

      def serve(customers)
        ManualClock.advance(10 * customers)
      end

      def sweep
        ManualClock.advance(30)
      end

      define_method(:close) do
        :closed
      end
    end
  end

  let(:recorded) { profile_by_hand { MethodInfoFixtures::Shop.new.open } }
  let(:open) { method_info(recorded, "MethodInfoFixtures::Shop#open") }
  let(:serve) { method_info(recorded, "MethodInfoFixtures::Shop#serve") }
  let(:sweep) { method_info(recorded, "MethodInfoFixtures::Shop#sweep") }

  it "has ruby-prof's names and flags" do
    expect(open).to have_attributes(
      klass_name: "MethodInfoFixtures::Shop", klass_flags: 0, method_name: :open, full_name: "MethodInfoFixtures::Shop#open"
    )
  end

  it "has ruby-prof's numbers for kinds of classes" do
    kinds = %i[MODULE_INCLUDEE CLASS_SINGLETON MODULE_SINGLETON OBJECT_SINGLETON OTHER_SINGLETON]
    expect(kinds.map { |kind| described_class.const_get(kind) }).to eq [1, 2, 4, 8, 16]
  end

  it "knows where a method is defined" do
    recorded = profile(c_calls: false) { MethodInfoFixtures::Shop.new.tap(&:open).close }
    %i[open serve close].each do |name|
      file, line = MethodInfoFixtures::Shop.instance_method(name).source_location
      expect(method_info(recorded, "MethodInfoFixtures::Shop##{name}")).to have_attributes(source_file: file, line: line)
    end
  end

  it "has no place for a C method" do
    expect(method_info(profile { 1.to_s }, "Integer#to_s")).to have_attributes(source_file: nil, line: 0)
  end

  it "knows where the method that ran already is defined" do
    file, line = method(:profile).unbind.source_location
    expect(method_info(profile { 1.to_s }, "Profiling#profile")).to have_attributes(source_file: file, line: line)
  end

  it "has the sums of the method" do
    expect(open.called).to eq 1
    expect(times(open)).to eq total: 61, self: 1, wait: 0, children: 60
    expect(times(sweep)).to eq total: 30, self: 30, wait: 0, children: 0
  end

  it "has the same numbers in its measurement" do
    expect(open.measurement).to be_a RubyProf::Measurement
    expect(times(open.measurement)).to eq times(open)
    expect(open.measurement.called).to eq 1
  end

  it "sorts by total time, and equal times by depth and name" do
    sorted = recorded.threads.first.methods.sort.reverse.map(&:full_name)
    shop = "MethodInfoFixtures::Shop#"
    expect(sorted.first).to eq "Profiling#profile_by_hand"
    expect(sorted & ["#{shop}open", "#{shop}serve", "#{shop}sweep"]).to eq ["#{shop}open", "#{shop}sweep", "#{shop}serve"]
    expect(open).to be > serve
  end

  it "cannot be compared with anything else" do
    expect(open <=> 3).to be_nil
    expect(open == "MethodInfoFixtures::Shop#open").to be false
    expect { open > 3 }.to raise_error(ArgumentError, /comparison of RubyProf::MethodInfo/)
  end

  it "is equal to itself in every list, and in a profile of the same method" do
    again = method_info(recorded, "MethodInfoFixtures::Shop#open")
    elsewhere = method_info(profile_by_hand { MethodInfoFixtures::Shop.new.open }, "MethodInfoFixtures::Shop#open")
    expect([again, elsewhere]).to all(eq(open))
    expect([again, elsewhere].map(&:hash)).to all(eq(open.hash))
    expect({ open => :found }[again]).to eq :found
    expect(open).not_to eq serve
    expect(open.eql?(sweep)).to be false
  end

  it "is told apart from the class method of the same name in another profile" do
    instance = Class.new { def act = nil }
    stub_const("MethodInfoFixtures::Actor", instance)
    one = profile { MethodInfoFixtures::Actor.new.act }
    def instance.act = nil
    other = profile { MethodInfoFixtures::Actor.act }
    expect(one.threads.first.methods & other.threads.first.methods).to satisfy { |same| same.none? { |method| method.method_name == :act } }
  end

  it "prints its name and numbers" do
    text = open.to_s
    expect(text).to start_with "MethodInfoFixtures::Shop#open (c: 1, tt: "
    expect(text).to match(/st: .*, wt: .*, ct: /)
    expect(open.inspect).to include text
  end

  it "has the root's name for code outside any method" do
    result = ruby("require 'ruby-prof'; RubyProf.profile { 1.to_s }.threads.first.methods.each { |m| p [m.full_name, m.klass_name, m.method_name] }")
    expect(result.stdout.lines.first).to eq %(["[global]#", "[global]", nil]\n)
  end
end
