# frozen_string_literal: true

RSpec.describe RubyProf::CallTrees do
  module CallTreesFixtures
    class Office
      def morning
        mail(2)
        meeting
      end

      def meeting
        ManualClock.advance(100)
        mail(1)
      end

      def mail(letters)
        letters.times { letter }
      end

      def letter
        ManualClock.advance(7)
      end
    end
  end

  let(:recorded) { profile_by_hand(c_calls: true) { CallTreesFixtures::Office.new.morning } }
  let(:mail) { method_info(recorded, "CallTreesFixtures::Office#mail").call_trees }

  def by_name(edges, name)
    edges.find { |edge| (yield edge).method_name == name }
  end

  it "has every call path of the method" do
    expect(mail.call_trees.map { |tree| tree.parent.target.method_name }).to eq %i[morning meeting]
    expect(mail.call_trees.map(&:called)).to eq [1, 1]
  end

  it "has one entry for each caller" do
    callers = mail.callers
    expect(callers.map { |edge| [edge.parent.target.method_name, edge.called, nanoseconds(edge).first] })
      .to eq [[:morning, 1, 14], [:meeting, 1, 7]]
    expect(callers.map(&:target)).to all(eq(mail.call_trees.first.target))
  end

  it "has one entry for each callee, over all paths" do
    times = by_name(mail.callees, :times, &:target)
    expect([times.called, nanoseconds(times).first]).to eq [2, 21]
    letter = method_info(recorded, "CallTreesFixtures::Office#letter").call_trees
    expect(letter.callers.sum(&:called)).to eq 3
  end

  it "has aggregates without children, at the place of the first call" do
    file, line = CallTreesFixtures::Office.instance_method(:morning).source_location
    edge = mail.callers.first
    expect(edge.children).to eq []
    expect([edge.source_file, edge.line]).to eq [file, line + 1]
  end

  it "agrees from both ends: what callers say of their callees is what callees say of their callers" do
    methods = recorded.threads.first.methods
    from_callers = methods.flat_map { |method| method.call_trees.callees.map { |edge| [method.full_name, edge.target.full_name, edge.called, nanoseconds(edge)] } }
    from_callees = methods.flat_map { |method| method.call_trees.callers.map { |edge| [edge.parent.target.full_name, method.full_name, edge.called, nanoseconds(edge)] } }
    expect(from_callers).to match_array from_callees
    expect(from_callers).not_to be_empty
  end

  it "has no callers of the root, and knows the least depth" do
    root = recorded.threads.first.call_tree.target.call_trees
    expect(root.callers).to eq []
    expect(root.min_depth).to eq 0
    expect(mail.min_depth).to eq 2
  end
end
