# frozen_string_literal: true

# Call trees made by hand, and recorded ones changed by hand.
RSpec.describe "call trees made by hand" do
  before do
    stub_const("Made", Class.new { %i[root a b c].each { |name| define_method(name) { nil } } })
  end

  # [name, total, self, *children] as a call tree.
  def tree(name, total, own, *children)
    made = RubyProf::CallTree.new(RubyProf::MethodInfo.new(Made, name))
    made.measurement.total_time = total
    made.measurement.self_time = own
    made.measurement.called = 1
    children.each { |child| made.add_child(tree(*child)) }
    made
  end

  def thread(root, thread: Thread.current, fiber: Fiber.new { nil })
    RubyProf::Thread.new(root, thread, fiber)
  end

  def sums(thread)
    thread.methods.to_h { |method| [method.method_name, [method.called, method.total_time, method.self_time]] }
  end

  let(:root) { tree(:root, 10, 1, [:a, 5, 2, [:c, 3, 3]], [:b, 4, 4]) }

  describe RubyProf::MethodInfo do
    it "describes a method that is defined" do
      method = described_class.new(Made, :a)
      expect([method.klass_name, method.klass_flags, method.method_name, method.full_name]).to eq ["Made", 0, :a, "Made#a"]
      expect([method.source_file, method.line]).to eq Made.instance_method(:a).source_location
      expect([method.called, method.total_time, method.recursive?, method.call_trees.min_depth]).to eq [0, 0.0, false, (2**31) - 1]
    end

    it "knows singleton methods and C functions" do
      method = described_class.new(File.singleton_class, :join)
      expect([method.full_name, method.klass_flags, method.source_file, method.line])
        .to eq ["<Class::File>#join", described_class::CLASS_SINGLETON, nil, 0]
    end

    it "knows names and places that C would not" do
      stub_const("Odd", Class.new)
      Odd.define_method(:"nul\0x") { nil }
      Odd.class_eval("def early = 1", "odd.rb", -5)
      expect(described_class.new(Odd, :"nul\0x").full_name).to eq "Odd#nul\0x"
      early = described_class.new(Odd, :early)
      expect([early.source_file, early.line]).to eq ["odd.rb", 0]
      recorded = RubyProf.profile { Odd.new.early }.threads[0].methods.find { |method| method.method_name == :early }
      expect(recorded.source_file).to eq "odd.rb"
    end

    it "lets single numbers be set, and sums up the others" do
      made = thread(root)
      measurement = made.methods.find { |method| method.method_name == :a }.measurement
      measurement.called = 7
      root.children[0].measurement.total_time = 6
      expect([measurement.called, measurement.total_time, measurement.self_time]).to eq [7, 6.0, 2.0]
    end

    it "refuses what is no method, in Ruby's words" do
      expect { described_class.new(nil, :a) }.to raise_error(NoMethodError, /instance_method/)
      expect { described_class.new(Made, nil) }.to raise_error(TypeError, /nil is not a symbol nor a string/)
      expect { described_class.new(Made, :nothing) }.to raise_error(NameError, /nothing/)
      expect { described_class.new(Made) }.to raise_error(ArgumentError)
    end

    it "is the same method when made twice" do
      expect(described_class.new(Made, :a)).to eq described_class.new(Made, :a)
      expect(described_class.new(Made, :a)).not_to eq described_class.new(Made, :b)
      expect({ described_class.new(Made, :a) => 1 }[described_class.new(Made, :a)]).to eq 1
    end

    it "sums up its call trees, unless its measurement is set" do
      first = described_class.new(Made, :a)
      3.times { |seconds| RubyProf::CallTree.new(first).measurement.total_time = seconds }
      expect(first.total_time).to eq 3.0
      expect(first.call_trees.call_trees.map(&:total_time)).to eq [0.0, 1.0, 2.0]
      first.measurement.total_time = 7
      expect([first.total_time, first.measurement.total_time]).to eq [7.0, 7.0]
    end
  end

  describe RubyProf::CallTree do
    it "grows" do
      expect(root.children.map { |child| child.target.method_name }).to eq %i[a b]
      leaf = root.children[0].children[0]
      expect([leaf.depth, leaf.parent, leaf.parent.parent, root.parent]).to eq [2, root.children[0], root, nil]
      expect([root.total_time, root.self_time, root.children_time, root.called]).to eq [10.0, 1.0, 9.0, 1]
    end

    it "returns the child, and keeps what was set on it before" do
      child = tree(:c, 1, 1)
      expect(root.add_child(child)).to equal child
      expect([child.parent, child.total_time]).to eq [root, 1.0]
      child.measurement.total_time = 2
      expect(root.children.last.total_time).to eq 2.0
    end

    it "has one child a method" do
      expect { root.add_child(tree(:a, 1, 1)) }.to raise_error(IndexError, /Child call tree already exists/)
      expect(root.children.size).to eq 2
    end

    it "refuses children that are elsewhere, or itself" do
      expect { root.add_child(root) }.to raise_error(ArgumentError, /below itself/)
      expect { root.children[0].children[0].add_child(root) }.to raise_error(ArgumentError, /below itself/)
      expect { tree(:b, 1, 1).add_child(root.children[0]) }.to raise_error(ArgumentError, /has a parent already/)
      thread(other = tree(:c, 1, 1))
      expect { root.add_child(other) }.to raise_error(ArgumentError, /is a thread's/)
      expect { root.add_child(3) }.to raise_error(TypeError, /add_child takes a RubyProf::CallTree, not Integer/)
    end

    it "refuses targets that are none" do
      [nil, :a, Made].each { |target| expect { described_class.new(target) }.to raise_error(TypeError, /takes a RubyProf::MethodInfo/) }
    end

    it "says so where it was not made by new" do
      [described_class, RubyProf::Thread, RubyProf::MethodInfo].each do |made|
        reader = made.instance_methods(false).find { |name| %i[call_tree target full_name].include?(name) }
        expect { made.allocate.send(reader) }.to raise_error(RuntimeError, /make one with #{made}.new/)
        expect(made.allocate.inspect).to include "not initialized"
      end
    end

    it "is initialized once" do
      expect { root.send(:initialize, root.target) }.to raise_error(RuntimeError, /initialized once/)
    end

    it "is left as it is where it is refused" do
      child = tree(:a, 1, 1)
      recorded = RubyProf.profile(measure_mode: RubyProf::ALLOCATIONS) { Made.new.a }.threads[0].call_tree
      expect { recorded.add_child(child) }.to raise_error(IndexError)
      expect(child.total_time).to eq 1.0
      expect(tree(:b, 2, 1).add_child(child).parent.total_time).to eq 2.0
    end

    it "counts what was seconds in a profile of objects" do
      recorded = RubyProf.profile(measure_mode: RubyProf::ALLOCATIONS) { Made.new.a }.threads[0].call_tree
      expect(recorded.add_child(tree(:c, 3, 2)).total_time).to eq 3.0
    end

    it "is shown by copies too" do
      expect(root.dup.children).to eq root.children
      expect(root.clone).to eq root
      expect(root.target.dup).to eq root.target
      expect(thread(root).dup.methods.size).to eq 4
    end

    it "cannot be changed while frozen" do
      expect { root.freeze.add_child(tree(:c, 1, 1)) }.to raise_error(FrozenError)
      expect { root.measurement.freeze.called = 3 }.to raise_error(FrozenError)
      expect { root.measurement.freeze.merge!(root.measurement) }.to raise_error(FrozenError)
      expect { thread(root).freeze.merge!(thread(tree(:root, 1, 1))) }.to raise_error(FrozenError)
      expect { RubyProf::Profile.new.freeze.add_thread(thread(tree(:a, 1, 1))) }.to raise_error(FrozenError)
    end

    # Each addition moved the whole tree below, and each moved tree was freed by the one above it.
    it "grows from the leaves up, and is freed, however deep" do
      script = <<~RUBY
        require "ruby-prof"
        make = -> { RubyProf::CallTree.new(RubyProf::MethodInfo.new(String, :upcase)) }
        first = top = make.call
        50_000.times { above = make.call; above.add_child(top); top = above }
        p first.depth
        top = nil
        Thread.new { first = nil; 3.times { GC.start } }.join
        p :freed
      RUBY
      output = IO.popen([RbConfig.ruby, "-I", File.expand_path("../../lib", __dir__), "-e", script], err: %i[child out], &:read)
      expect(output).to eq "50000\n:freed\n"
    end

    it "grows wide in reasonable time" do
      many = Class.new { 20_000.times { |number| define_method("m#{number}") { nil } } }
      20_000.times { |number| root.add_child(described_class.new(RubyProf::MethodInfo.new(many, :"m#{number}"))) }
      expect(root.children.size).to eq 20_002
    end

    it "grows deep in reasonable time" do
      method = RubyProf::MethodInfo.new(Made, :a)
      leaf = top = described_class.new(method)
      20_000.times do
        leaf.add_child(child = described_class.new(method))
        leaf = child
        leaf.measurement.called = 1
      end
      expect([leaf.depth, top.target.called, top.target.recursive?]).to eq [20_000, 20_000, true]
    end
  end

  describe RubyProf::Thread do
    it "has the methods of its tree" do
      made = thread(root)
      expect(made.call_tree).to eq root
      expect(sums(made)).to eq(root: [1, 10.0, 1.0], a: [1, 5.0, 2.0], b: [1, 4.0, 4.0], c: [1, 3.0, 3.0])
      expect(made.methods).to equal made.methods
      expect([made.total_time, made.wait_time, made.id]).to eq [10.0, 0.0, Thread.current.object_id]
    end

    it "has the methods of its tree as it is now" do
      made = thread(root)
      before = made.methods
      root.measurement.called = 3
      expect(made.methods).to equal before
      root.add_child(tree(:c, 1, 1))
      expect(made.methods.find { |method| method.method_name == :c }.called).to eq 2
    end

    it "is not added to another measure" do
      objects = RubyProf.profile(measure_mode: RubyProf::ALLOCATIONS) { Made.new.a }.threads[0]
      time = RubyProf.profile { Made.new.a }.threads[0]
      expect { time.merge!(objects) }.to raise_error(ArgumentError, /one has wall_time, the other allocations/)
      expect { RubyProf::Profile.new.add_thread(objects) }.to raise_error(ArgumentError, /has allocations and the profile wall_time/)
      expect(RubyProf::Profile.new(measure_mode: RubyProf::ALLOCATIONS).add_thread(objects)).to equal objects
    end

    it "has its fiber's id" do
      fiber = Fiber.new { nil }
      expect(thread(root, fiber: fiber).fiber_id).to eq fiber.object_id
    end

    it "adds another thread's tree path by path" do
      first = thread(root)
      methods = first.methods
      second = thread(tree(:root, 1, 0.25, [:a, 0.5, 0.5], [:c, 0.25, 0.25]))
      expect(first.merge!(second)).to equal second
      expect(sums(first)).to eq(root: [2, 11.0, 1.25], a: [2, 5.5, 2.5], b: [1, 4.0, 4.0], c: [2, 3.25, 3.25])
      expect(first.methods).not_to equal methods
      expect(root.children.map { |child| child.target.method_name }).to eq %i[a b c]
      expect(sums(second)[:a]).to eq [1, 0.5, 0.5]
    end

    it "refuses to add a tree with another root" do
      expect { thread(root).merge!(thread(tree(:a, 1, 1))) }
        .to raise_error(ArgumentError, /different roots.*Made#root and Made#a.*merge!\(:all\)/)
    end

    it "refuses what is no root, thread or fiber" do
      fiber = Fiber.new { nil }
      expect { described_class.new(3, Thread.current, fiber) }.to raise_error(TypeError, /RubyProf::CallTree first/)
      expect { described_class.new(root, 3, fiber) }.to raise_error(TypeError, /Thread second/)
      expect { described_class.new(root, Thread.current, nil) }.to raise_error(TypeError, /Fiber third, not nil/)
      expect { described_class.new(root.children[0], Thread.current, fiber) }.to raise_error(ArgumentError, /has a parent/)
    end
  end

  describe RubyProf::Profile do
    let(:profile) { described_class.new }

    it "takes threads made by hand, one a fiber" do
      first = thread(root)
      expect(profile.add_thread(first)).to equal first
      fiber = Fiber.new { nil }
      2.times { |seconds| profile.add_thread(thread(tree(:a, seconds, seconds), fiber: fiber)) }
      expect(profile.threads.map(&:total_time)).to eq [10.0, 1.0]
      expect(profile.threads[0]).to equal first
    end

    it "gives threads away" do
      threads = [thread(root), thread(tree(:a, 1, 1))].each { |one| profile.add_thread(one) }
      expect(profile.remove_thread(threads[0])).to equal threads[0]
      profile.remove_thread(threads[0])
      expect(profile.threads).to eq [threads[1]]
    end

    it "refuses what is no thread" do
      [3, nil, Thread.current].each do |other|
        expect { profile.add_thread(other) }.to raise_error(TypeError, /add_thread takes a RubyProf::Thread/)
        expect { profile.remove_thread(other) }.to raise_error(TypeError, /remove_thread takes a RubyProf::Thread/)
      end
    end

    it "prints them like recorded ones" do
      profile.add_thread(thread(root))
      rows = RubyProf::FlatPrinter.new(profile).print(+"").scan(/^ *([\d.]+) +([\d.]+) +([\d.]+) +[\d.]+ +[\d.]+ +(\d+) +(Made#\w+)/)
      expect(rows).to eq [
        %w[40.00 4000.000 4000.000 1 Made#b], %w[30.00 3000.000 3000.000 1 Made#c],
        %w[20.00 5000.000 2000.000 1 Made#a], %w[10.00 10000.000 1000.000 1 Made#root],
      ]
      expect(RubyProf::GraphHtmlPrinter.new(profile).print(+"")).to include "Made#root"
    end

    it "prints recorded and hand-made threads together" do
      recorded = RubyProf.profile { Made.new.a }
      recorded.add_thread(thread(root))
      expect(recorded.threads.size).to eq 2
      page = RubyProf::FlatPrinter.new(recorded).print(+"")
      expect(page).to include("Threads: all 2", "Made#root", "Class#new")
    end

    it "prints a number of objects as such" do
      counted = described_class.new(measure_mode: RubyProf::ALLOCATIONS)
      counted.add_thread(thread(root))
      expect(RubyProf::FlatPrinter.new(counted).print(+"")).to match(/^Total: 10$/)
    end

    it "prints what is left of recorded threads" do
      recorded = RubyProf.profile { Thread.new { Made.new.b }.join }
      recorded.remove_thread(recorded.threads[1])
      expect(recorded.threads.size).to eq 1
      expect(RubyProf::FlatPrinter.new(recorded).print(+"")).not_to include "Made#b"
    end

    it "lets a recorded tree be changed" do
      recorded = RubyProf.profile { Made.new.a }
      top = recorded.threads[0].call_tree
      before = [top.children.size, top.total_time]
      top.add_child(tree(:c, 2, 2))
      top.children[0].measurement.total_time = 5
      expect([top.children.size, top.total_time]).to eq [before[0] + 1, before[1]]
      expect([top.children[0].total_time, top.children.last.target.full_name]).to eq [5.0, "Made#c"]
      expect(RubyProf::FlatPrinter.new(recorded).print(+"")).to include "Made#c"
      expect(recorded.threads.size).to eq 1
    end

    it "goes on after a change" do
      recorded = described_class.new
      recorded.profile { Made.new.a }
      recorded.threads[0].call_tree.add_child(tree(:c, 2, 2))
      recorded.profile { Made.new.a }
      names = recorded.threads[0].methods.to_h { |method| [method.full_name, method.called] }
      expect(names).to include("Made#a" => 2, "Made#c" => 1)
    end
  end

  describe RubyProf::Measurement do
    it "is made of four numbers" do
      made = described_class.new(4, 2.5, 1, 3)
      expect([made.total_time, made.self_time, made.wait_time, made.called, made.children_time]).to eq [4.0, 2.5, 1.0, 3, 0.5]
      expect(made.to_s).to eq "c: 3, tt: 4.0, st: 2.5"
      expect(made.inspect).to include "(c: 3, tt: 4.0, st: 2.5)"
    end

    it "adds up, and copies stay apart" do
      made = described_class.new(4, 2, 1, 3)
      copies = [made.dup, made.clone]
      expect(made.merge!(copies[0])).to equal made
      expect([made.total_time, made.self_time, made.wait_time, made.called]).to eq [8.0, 4.0, 2.0, 6]
      expect(copies.map(&:called)).to eq [3, 3]
      large = described_class.new(1, 1, 1, 2**63)
      expect(large.merge!(large.dup).called).to eq (2**64) - 1
    end

    it "refuses what is no number" do
      expect { described_class.new(1, 2, 3) }.to raise_error(ArgumentError, /given 3, expected 4/)
      expect { described_class.new(1, "2", 3, 4) }.to raise_error(TypeError, /self_time is a number, not String/)
      expect { described_class.new(1, 2, 3, nil) }.to raise_error(TypeError, /called is a number, not nil/)
      expect { described_class.new(-1, 2, 3, 4) }.to raise_error(ArgumentError, /total_time cannot be -1/)
      expect { described_class.new(Float::NAN, 2, 3, 4) }.to raise_error(ArgumentError, /total_time cannot be NaN/)
      expect { described_class.new(1, 2, 3, 4).called = -1 }.to raise_error(ArgumentError, /called cannot be -1/)
      expect { described_class.new(1, 2, 3, 4).merge!(3) }.to raise_error(TypeError, /takes a RubyProf::Measurement/)
    end

    it "equals itself only" do
      expect(described_class.new(1, 1, 0, 1)).not_to eq described_class.new(1, 1, 0, 1)
    end
  end
end
