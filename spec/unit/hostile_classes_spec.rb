# frozen_string_literal: true

# A program may override anything. None of that is called by a profile, its parts or its reports.
RSpec.describe RubyProf::Profile, "of classes that override everything" do
  module HostileFixtures
    CALLED = []

    OVERRIDES = %i[name inspect to_s hash == eql? equal? class object_id __id__ singleton_class method_missing respond_to? instance_of? is_a?].freeze

    verbose, $VERBOSE = $VERBOSE, nil
    class Hostile
      def act
        :acted
      end

      def self.act
        :acted
      end

      class << self
        OVERRIDES.each { |name| define_method(name) { |*| CALLED << "self.#{name}" } }
      end
      OVERRIDES.each { |name| define_method(name) { |*| CALLED << name } }
    end
    $VERBOSE = verbose

    INSTANCE = Hostile.new
  end

  it "calls none of their methods" do
    recorded = RubyProf::Profile.new(track_allocations: true)
    HostileFixtures::CALLED.clear
    recorded.start
    HostileFixtures::INSTANCE.act
    HostileFixtures::Hostile.act
    HostileFixtures::Hostile.new
    recorded.stop

    names = method_names(recorded)
    recorded.threads.flat_map(&:methods).each { |method| [method.inspect, method.hash, method.allocations.inspect, method == method] }
    [RubyProf::FlatPrinter, RubyProf::GraphHtmlPrinter].each { |printer| printer.new(recorded).print(+"") }

    expect(HostileFixtures::CALLED).to eq []
    expect(names).to include "HostileFixtures::Hostile#act", "<Class::HostileFixtures::Hostile>#act"
  end

  it "records calls of a BasicObject's methods" do
    bare = Class.new(BasicObject) do
      def method_missing(name, *)
        name
      end

      def respond_to_missing?(*) = true
    end
    stub_const("HostileFixtures::Bare", bare)
    object = bare.new
    recorded = profile { object.anything }
    expect(calls_of(recorded, "HostileFixtures::Bare#method_missing")).to eq 1
  end

  it "takes a name that is no UTF-8" do
    name = (+"caf\xE9").force_encoding(Encoding::BINARY)
    strange = Class.new { define_method(name) { nil } }
    object = strange.new
    recorded = profile { object.public_send(name) }
    found = method_names(recorded).grep(/caf/)
    expect(found.size).to eq 1
    expect(found.first).to be_valid_encoding
  end
end
