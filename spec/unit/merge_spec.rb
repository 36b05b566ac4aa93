# frozen_string_literal: true

# Trees of several fibers and threads as one.
RSpec.describe RubyProf::Profile, "#merge!" do
  before do
    stub_const("Work", Class.new do
      def in_fibers(count) = count.times { Fiber.new { step }.resume }

      def in_threads(count) = Array.new(count) { Thread.new { step } }.each(&:join)

      def step = [1, 2].each { |number| leaf(number) }

      def leaf(number) = number.zero? ? 0 : leaf(number - 1)

      def self.step = 3
    end)
  end

  def called(profile, name)
    profile.threads.sum { |thread| thread.methods.sum { |method| method.full_name == name ? method.called : 0 } }
  end

  def facts(profile)
    threads = profile.threads
    methods = threads.flat_map(&:methods)
    {
      total: threads.sum { |thread| (thread.total_time * 1e9).round },
      self: methods.sum { |method| (method.self_time * 1e9).round },
      wait: methods.sum { |method| (method.wait_time * 1e9).round },
      objects: methods.sum { |method| method.allocations.sum(&:count) },
      calls: methods.group_by(&:full_name).transform_values { |same| same.sum(&:called) },
    }
  end

  let(:profile) do
    work = Work.new
    RubyProf.profile(track_allocations: true) do
      work.in_fibers(5)
      work.in_threads(3)
      Work.step
    end
  end

  it "joins trees with the same root, and loses nothing" do
    before = facts(profile)
    expect(profile.threads.size).to eq 9
    expect(profile.merge!).to equal profile
    expect(profile.threads.size).to eq 3
    expect(facts(profile)).to eq before
  end

  # Defect 8 of ruby-prof 2.0.5: flags, the recursion mark and allocations were lost.
  it "keeps flags, recursion and allocations of what only later trees have" do
    profile.merge!
    roots = profile.threads.map { |thread| thread.call_tree.target.full_name }
    expect(roots.drop(1)).to eq ["Work#in_fibers", "Work#in_threads"]
    fibers = profile.threads[1].methods.to_h { |method| [method.full_name, method] }
    expect(fibers["Work#leaf"].recursive?).to be true
    expect(profile.threads[0].methods.map(&:full_name)).to include "<Class::Work>#step"
  end

  it "keeps the starting fiber apart from others that begin outside any method" do
    script = <<~RUBY
      require "ruby-prof"
      def step = 1
      profile = RubyProf::Profile.new
      profile.start
      3.times { Fiber.new { step }.resume }
      profile.stop
      p profile.threads.map { |thread| thread.call_tree.target.full_name }
      profile.merge!
      p profile.threads.map { |thread| [thread.call_tree.target.full_name, thread.call_tree.called, thread.methods.map(&:called)] }
    RUBY
    lines = IO.popen([RbConfig.ruby, "-I", File.expand_path("../../lib", __dir__), "-e", script], &:readlines).map(&:chomp)
    expect(lines[0]).to eq '["[global]#", "[global]#", "[global]#", "[global]#"]'
    expect(lines[1]).to start_with('[["[global]#", 1, [').and(end_with('], ["[global]#", 3, [3, 3]]]'))
  end

  it "joins the fibers of each thread" do
    before = facts(profile)
    profile.merge!(:thread)
    expect(profile.threads.map(&:id).uniq.size).to eq profile.threads.size
    expect(profile.threads.size).to eq 4
    after = facts(profile)
    expect(after.values_at(:self, :wait, :objects)).to eq before.values_at(:self, :wait, :objects)
    expect(after[:total]).to eq before[:total]
  end

  it "joins everything" do
    before = facts(profile)
    profile.merge!(by: :all)
    expect(profile.threads.size).to eq 1
    after = facts(profile)
    expect(after.except(:calls)).to eq before.except(:calls)
    expect(called(profile, "Work#leaf")).to eq 8 * (2 + 3)
    expect(profile.threads[0].call_tree.target.full_name).to eq "[global]#"
  end

  it "is printed like any other" do
    profile.merge!(:all)
    expect(RubyProf::FlatPrinter.new(profile).print(+"")).to include("Work#leaf")
  end

  it "does nothing to a profile without threads" do
    expect(described_class.new.merge!.threads).to eq []
  end

  it "can be recorded into again" do
    profile.merge!
    profile.profile { Work.step }
    expect(called(profile, "<Class::Work>#step")).to eq 2
  end

  it "refuses other ways, and a running profile" do
    [:fiber, nil, "root", 3].each { |by| expect { profile.merge!(by) }.to raise_error(ArgumentError, /by :root, by :thread or :all/) }
    expect { profile.merge!(:root, 2) }.to raise_error(ArgumentError, /given 2/)
    profile.start
    expect { profile.merge! }.to raise_error(RuntimeError, /still running/)
  ensure
    profile.stop if profile.running?
  end
end
