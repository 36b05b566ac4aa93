# frozen_string_literal: true

RSpec.describe RubyProf::Allocation do
  module AllocationFixtures
    class Thing; end

    class Maker
      def things(count)
        while (count -= 1) >= 0
          Thing.new
          Thing.new
        end
      end

      def array
        [Thing.new]
      end

      def nothing
        1 + 1
      end

      def self.things = new.things(2)
    end

    MAKER = Maker.new
  end

  let(:line) { AllocationFixtures::Maker.instance_method(:things).source_location.last }

  def allocations(recorded, name)
    method_info(recorded, "AllocationFixtures::Maker##{name}").allocations
  end

  def tracked(**options, &block)
    profile(track_allocations: true, **options, &block)
  end

  it "counts objects by class and line, in the method whose code makes them" do
    recorded = tracked { AllocationFixtures::MAKER.things(5) }
    found = allocations(recorded, :things).select { |each| each.klass_name == "AllocationFixtures::Thing" }
    expect(found.map { |each| [each.line, each.count] }).to contain_exactly [line + 2, 5], [line + 3, 5]
    expect(found.map(&:source_file)).to eq [__FILE__] * 2
    expect(found.map(&:klass_flags)).to eq [0, 0]
  end

  it "counts literals as well" do
    recorded = tracked { 3.times { AllocationFixtures::MAKER.array } }
    found = allocations(recorded, :array).to_h { |each| [each.klass_name, each.count] }
    expect(found).to include "AllocationFixtures::Thing" => 3, "Array" => 3
  end

  it "has nothing for methods that make nothing, or when not asked" do
    expect(allocations(tracked { AllocationFixtures::MAKER.nothing }, :nothing)).to eq []
    expect(allocations(profile { AllocationFixtures::MAKER.things(1) }, :things)).to eq []
  end

  it "is tracked in the mode that measures allocations only when asked to" do
    recorded = tracked(measure_mode: RubyProf::ALLOCATIONS) { AllocationFixtures::MAKER.things(5) }
    expect(allocations(recorded, :things).sum(&:count)).to be >= 10
  end

  it "prints what it is" do
    recorded = tracked { AllocationFixtures::MAKER.array }
    thing = allocations(recorded, :array).find { |each| each.klass_name == "AllocationFixtures::Thing" }
    expect(thing.inspect).to match(/\A#<RubyProf::Allocation 1 x AllocationFixtures::Thing at .*allocation_spec.rb:\d+>\z/)
  end

  it "names the class of a singleton's object" do
    object = AllocationFixtures::Thing.new
    def object.copy
      dup
    end
    recorded = tracked { object.copy }
    copies = recorded.threads.first.methods.find { |method| method.method_name == :copy }.allocations
    expect(copies.map(&:klass_name)).to eq ["AllocationFixtures::Thing"]
  end

  describe "measured as the mode" do
    # How many objects a block makes, none of them internal to the VM.
    def made
      GC.disable
      before = GC.stat(:total_allocated_objects)
      yield
      GC.stat(:total_allocated_objects) - before
    ensure
      GC.enable
    end

    def measured(&block)
      yield
      profile(measure_mode: RubyProf::ALLOCATIONS, c_calls: false, &block).threads.first
    end

    {
      "objects" => [1, -> { AllocationFixtures::Thing.new }],
      "strings" => [3, -> { [+"a", "b" + "c"] }],
      "floats too large for a word" => [1, -> { 1e300 * 1e5 }],
      "nothing" => [0, -> { 1 + 1 }]
    }.each do |what, (objects, body)|
      it "is what the VM counts: #{what}" do
        loops = ->(times) { times.times { body.call } }
        # The first times make caches.
        _, _, many, few = [70, 20, 70, 20].map { |times| made { loops.call(times) } }
        recorded = measured { loops.call(70) }.total_time - measured { loops.call(20) }.total_time
        expect(recorded).to eq many - few
        expect(recorded).to eq 50 * objects
      end
    end

    it "is the callee's in self and the caller's in children" do
      recorded = profile(measure_mode: RubyProf::ALLOCATIONS, c_calls: false) { AllocationFixtures::Maker.things }
      things = method_info(recorded, "AllocationFixtures::Maker#things")
      expect(things).to have_attributes(self_time: 4.0, total_time: 4.0)
      own = method_info(recorded, "<Class::AllocationFixtures::Maker>#things")
      expect(own).to have_attributes(self_time: 1.0, children_time: 4.0, total_time: 5.0)
    end
  end
end
