# frozen_string_literal: true

# A profile may start in a method of any kind, and outlive it: what its callers call later is theirs.
RSpec.describe "Returning above the start" do
  module ReturningFixtures
    class Starter
      attr_accessor :profile

      def plain
        profile.start
      end
      alias aliased plain

      define_method(:blocky) { profile.start }
      alias_method :blocky_alias, :blocky

      def method_missing(*)
        profile.start
      end

      def respond_to_missing?(*) = true

      def caught
        catch(:left) do
          profile.start
          throw :left
        end
      end

      def rescued
        plain
        raise "left"
      rescue RuntimeError
        nil
      end

      def returned
        [1].map { return plain }
      end

      def broken
        [1].map { break plain }
      end

      def in_a_block
        [1].map { profile.start }
      end
    end

    class Heir < Starter
      def plain
        super
      end
    end

    class Caller
      def outer(way)
        inner(way)
        after_inner
      end

      def inner(way)
        way.call
        after_start
      end

      def after_start; end
      def after_inner; end
    end

    WAYS = {
      "a method" => ->(starter) { starter.plain },
      "an alias" => ->(starter) { starter.aliased },
      "a method made by define_method" => ->(starter) { starter.blocky },
      "an alias of a method made by define_method" => ->(starter) { starter.blocky_alias },
      "method_missing" => ->(starter) { starter.missing },
      "public_send" => ->(starter) { starter.public_send(:plain) },
      "a Method object" => ->(starter) { starter.method(:plain).call },
      "instance_eval" => ->(starter) { starter.instance_eval { plain } },
      "a block of tap" => ->(starter) { starter.tap(&:plain) },
      "a block of sort_by" => ->(starter) { [1].sort_by { starter.plain && 1 } },
      "a Hash's default proc" => ->(starter) { Hash.new { starter.plain }[1] },
      "a method left by throw" => ->(starter) { starter.caught },
      "a method left by an exception" => ->(starter) { starter.rescued },
      "a method left by return from a block" => ->(starter) { starter.returned },
      "a method left by break" => ->(starter) { starter.broken }
    }.freeze
  end

  def calls_after(starter, way)
    recorded = RubyProf::Profile.new
    starter.profile = recorded
    ReturningFixtures::Caller.new.outer(-> { way.call(starter) })
    recorded.stop
    %w[after_start after_inner].map do |name|
      tree = call_tree(recorded, "ReturningFixtures::Caller##{name}")
      [tree.parent.target.method_name, tree.called]
    end
  end

  ReturningFixtures::WAYS.each do |what, way|
    it "works from #{what}" do
      expect(calls_after(ReturningFixtures::Starter.new, way)).to eq [[:inner, 1], [:outer, 1]]
    end
  end

  it "works from a method that another one calls with super" do
    plain = ReturningFixtures::WAYS.fetch("a method")
    expect(calls_after(ReturningFixtures::Heir.new, plain)).to eq [[:inner, 1], [:outer, 1]]
  end

  it "works from a lambda" do
    pending "the block's frame has no return, so that it keeps the calls of its caller"
    recorded = RubyProf::Profile.new
    ReturningFixtures::Caller.new.outer(-> { recorded.start })
    recorded.stop
    expect(call_tree(recorded, "ReturningFixtures::Caller#after_start").parent.target.method_name).to eq :inner
  end

  it "counts the method around a block once" do
    starter = ReturningFixtures::Starter.new
    starter.profile = RubyProf::Profile.new
    starter.in_a_block
    starter.profile.stop
    expect(method_info(starter.profile, "ReturningFixtures::Starter#in_a_block")).to have_attributes(called: 1, recursive?: false)
  end
end
