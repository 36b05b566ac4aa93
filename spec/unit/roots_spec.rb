# frozen_string_literal: true

# Where a tree begins: at the methods that run already when the profile starts.
RSpec.describe "Roots" do
  module RootFixtures
    class Caller
      def outermost(profile)
        ManualClock.advance(1)
        middle(profile)
        ManualClock.advance(2)
      end

      def middle(profile)
        ManualClock.advance(4)
        innermost(profile)
        ManualClock.advance(8)
        helper
      end

      def innermost(profile)
        profile.start
        ManualClock.advance(16)
        helper
      end

      def helper
        ManualClock.advance(100)
      end

      def within(profile)
        innermost(profile)
        profile.stop
      end

      def in_a_block(profile)
        [1].each do
          profile.start
          helper
          profile.stop
        end
      end

      def recursive(profile, depth)
        depth.zero? ? profile.start : recursive(profile, depth - 1)
        helper
      end
    end
  end

  let(:recorded) { by_hand }
  let(:root) { recorded.threads.first.call_tree }

  def tree(node)
    [node.target.method_name, node.called, nanoseconds(node).first(2), node.children.map { |child| tree(child) }]
  end

  it "are the code that starts the profile" do
    caller = RootFixtures::Caller.new
    recorded = by_hand.start
    caller.helper
    recorded.stop
    root = recorded.threads.first.call_tree
    expect(root.target.full_name).to eq "[global]#"
    expect(root.children.map { |child| child.target.method_name }).to eq %i[helper]
  end

  it "are the methods that are returned to, up to the highest" do
    RootFixtures::Caller.new.within(recorded)
    expect(tree(root)).to eq(
      [:within, 1, [116, 0], [[:innermost, 1, [116, 16], [[:helper, 1, [100, 100], []]]]]]
    )
  end

  it "count each method that was returned from once, and no time before the start" do
    caller = RootFixtures::Caller.new
    caller.outermost(recorded)
    recorded.stop
    innermost = [:innermost, 1, [116, 16], [[:helper, 1, [100, 100], []]]]
    middle = [:middle, 1, [224, 8], [innermost, [:helper, 1, [100, 100], []]]]
    outermost = call_tree(recorded, "RootFixtures::Caller#outermost")
    expect(tree(outermost)).to eq [:outermost, 1, [226, 2], [middle]]
    expect(outermost.parent).to eq root
    expect(nanoseconds(root).first).to eq 226
  end

  it "are the method a block is written in, when it is called by another" do
    recorded = profile_by_hand(c_calls: true) { 1.to_s }
    RootFixtures::Caller.new.in_a_block(in_block = by_hand)

    expect(recorded.threads.first.call_tree.target.full_name).to eq "Profiling#profile_by_hand"
    expect(in_block.threads.first.call_tree.target.full_name).to eq "RootFixtures::Caller#in_a_block"
    expect(in_block.threads.first.call_tree.children.map { |child| child.target.method_name }).to eq %i[helper]
  end

  it "know the method's definition and where it was at the start" do
    file, line = RootFixtures::Caller.instance_method(:within).source_location
    RootFixtures::Caller.new.within(recorded)
    expect([root.target.source_file, root.target.line]).to eq [file, line]
  end

  it "are not mistaken in a recursive method" do
    RootFixtures::Caller.new.recursive(recorded, 3)
    recorded.stop
    recursive = method_info(recorded, "RootFixtures::Caller#recursive")
    expect(recursive).to have_attributes(called: 4, recursive?: true)
    expect(times(recursive)).to include total: 400
    expect(calls_of(recorded, "RootFixtures::Caller#helper")).to eq 4
  end

  it "hold no invented parents, even when all is on one line" do
    recorded.start; RootFixtures::Caller.new.helper; recorded.stop
    expect(method_names(recorded).grep(/inserted|RubyProf::Profile/)).to eq []
  end

  it "are code outside any method at the top level" do
    result = ruby("require 'ruby-prof'; p RubyProf.profile { 1.to_s }.threads.first.call_tree.target.full_name")
    expect(result.stdout).to eq %("[global]#"\n)
  end
end
