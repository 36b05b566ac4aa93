# frozen_string_literal: true

require_relative "isolated"

# What becomes of operators that were marked: a profile that leaves them alone has those that still are.
RSpec.describe "operators that were counted", stress: false do
  include Isolated

  let(:program) { <<~'RUBY' }
    def operate(n = 7) = n * 3 - [n][0] + (n << 1)
    def made_of = @made_of ||= define_method(:of_block) { |n = 2| n * 3 }
    OPERATORS = %w[Integer#* Integer#- Integer#+ Array#[]].freeze
    def operators(profile) = Child.counts(profile).slice(*OPERATORS)
    def counted(**options, &block) = operators(RubyProf.profile(operators: true, **options, &block || method(:operate)))
    # Those that are marked, in code from before and in code that is compiled now.
    def left = operators(RubyProf.profile { operate; eval("n = 2; n * 3") })
    def marked? = RubyProf::Testing.operators_marked?
    def seen
      names = []
      TracePoint.new(:c_call) { |event| names << event.method_id if %i[* - + []].include?(event.method_id) }.enable { operate }
      names
    end
    ALL = { "Integer#*" => 1, "Integer#-" => 1, "Integer#+" => 1, "Array#[]" => 1 }.freeze
  RUBY

  # The script's last value.
  def value(script)
    output_of("#{program}\nprint begin\n#{script}\nend.inspect").gsub(" => ", "=>")
  end

  it "have no marks afterwards, as often as one likes, and get them again for whoever wants them" do
    expect(value(<<~RUBY)).to eq "[[true, {}, false], [true, {}, false], [:*, :[], :-, :+], [true, {}, false]]"
      once = -> { [counted == ALL, left, marked?] }
      first, second = once.call, once.call
      [first, second, seen, [true, {}, false]]
    RUBY
    expect(value("seen; counted; [left == {}, counted == ALL]")).to eq "[false, true]"
  end

  it "are relieved in code that was compiled while they were counted, and in methods that were not called" do
    expect(value(<<~RUBY)).to eq "[[12, [9]], {}, [9]]"
      made = nil
      counted do
        eval("def compiled(n) = n * 2 + [0][0]; class Made; def initialize(n) = @n = n - 1; attr_reader :n; end")
        made = [compiled(6), [3].map { |n| n * 3 }]
      end
      later = nil
      [made, operators(RubyProf.profile { compiled(6); Made.new(1).n; later = [3].map { |n| n * 3 } }), later]
    RUBY
  end

  it "are relieved in the code that is running" do
    expect(value(<<~RUBY)).to eq "[[126, 126], 126, {}, 42]"
      def stopping(profile, n) = n * 3 + (profile.stop; n * 2 + [n][0])
      def around(n) = n * 2 + RubyProf.profile(operators: true) { n * 2 } .threads.size * 0 + yield(n)
      values = Array.new(2) { stopping(RubyProf::Profile.new(operators: true).start, 21) }
      fiber = Fiber.new { |n| n * 3 + Fiber.yield + (n * 3) }
      fiber.resume(21)
      counted
      resumed = fiber.resume(0)
      thread = Thread.new { Thread.stop; n = 21; n * 2 }
      Thread.pass until thread.stop?
      counted
      [values, resumed, left, (thread.run; thread.value)]
    RUBY
  end

  it "are relieved after a tracer that came while we were there, once it is gone" do
    expect(value(<<~RUBY)).to eq "[[{}, false], [true, [:*, :[], :-, :+]], {}]"
      RubyProf.profile { seen }
      gone = [left, marked?]
      names = []
      tracer = TracePoint.new(:c_call) { |event| names << event.method_id if %i[* - + []].include?(event.method_id) }
      RubyProf.profile { tracer.enable }
      stays = marked?
      names.clear
      operate
      stays = [stays, names]
      tracer.disable
      RubyProf.profile { }
      [gone, stays, left]
    RUBY
  end

  it "are relieved after counts of all calls, but not so often that it takes the time" do
    expect(value(<<~RUBY)).to eq "[[1, {}, false], [50, {}, false]]"
      require "ruby-prof/counting"
      counting = RubyProf.const_get(:Counting)
      count = -> { counting.run { operate }.edges.find { |edge| edge.callee.full_name == "Integer#*" }.called }
      first = [count.call, left, marked?]
      counts = Array.new(50) { count.call }.sum
      RubyProf.profile { }
      [first, [counts, left, marked?]]
    RUBY
  end

  it "stay as another tracer has left them, before us" do
    expect(value("seen; counted; [left == ALL.merge('Integer#*' => 2), marked?]")).to eq "[true, true]"
  end

  it "do not keep others from their events: lines, targets, methods made of blocks, coverage" do
    expect(value(<<~RUBY)).to eq "[[3, 4, 5], [3, 4, 5], [:of_block], [:call, :return], [3, [2, 1]], {}]"
      require "coverage"
      eval("def traced(n)\\n  a = n * 2\\n  b = a + 1\\n  b\\nend", binding, "traced.rb", 2)
      lines, targets, blocks, calls = [], [], [], []
      self.class.send(:define_method, :of_block) { |n = 2| n * 3 }
      File.write("covered.rb", "def covered(n)\\n  n&.size\\nend\\ncovered(nil)\\n")
      Coverage.start(lines: true, branches: true)
      load "./covered.rb"
      tracers = [
        [TracePoint.new(:line) { |event| lines << event.lineno if event.path == "traced.rb" }, {}],
        [TracePoint.new(:line) { |event| targets << event.lineno }, { target: method(:traced) }],
        [TracePoint.new(:call) { |event| blocks << event.method_id }, { target: method(:of_block) }],
        [TracePoint.new(:call, :return) { |event| calls << event.event if event.method_id == :traced }, {}]
      ]
      tracers.each { |tracer, options| tracer.enable(**options) }
      counted
      [lines, targets, blocks, calls].each(&:clear)
      traced(1)
      of_block
      tracers.each { |tracer, _| tracer.disable }
      covered([])
      covered([])
      covered = Coverage.result.find { |path, _| path.end_with?("covered.rb") }.last
      File.delete("covered.rb")
      branches = covered[:branches].values.flat_map(&:values)
      [lines, targets, blocks, calls, [covered[:lines][1], branches], left]
    RUBY
  end

  it "are relieved under GC.stress, with threads at work, and in a child process" do
    expect(value(<<~RUBY)).to eq '[{}, {}, "{}", {}]'
      GC.stress = true
      counted
      GC.stress = false
      stressed = left
      stop = false
      threads = Array.new(3) { Thread.new { n = 0; n += operate - n * 2 + [n][0] until stop } }
      5.times { counted }
      stop = true
      threads.each(&:join)
      busy = left
      reader, writer = IO.pipe
      profile = RubyProf::Profile.new(operators: true).start
      child = fork do
        operate
        profile.stop
        writer.write(left.inspect)
        exit!(0)
      end
      Process.wait(child)
      writer.close
      profile.stop
      [stressed, busy, reader.read, left]
    RUBY
  end

  it "stay while there is another Ractor, and are relieved by the next profile after it" do
    expect(value(<<~RUBY)).to eq "[21, true, {}, false]"
      ractor = Ractor.new { n = Ractor.receive; n * 3 }
      counted
      stayed = marked?
      ractor.send(7)
      result = ractor.respond_to?(:take) ? ractor.take : ractor.value
      Thread.pass until Ractor.count == 1
      RubyProf.profile { }
      [result, stayed, left, marked?]
    RUBY
  end

  it "do not keep times from being corrected" do
    expect(value(<<~RUBY)).to eq "[true, true, true]"
      process_time = { measure_mode: RubyProf::PROCESS_TIME }
      [{ operators: true }, process_time, process_time.merge(operators: true)].map do |options|
        RubyProf.profile(**options) { operate }.overhead.known?
      end
    RUBY
  end

  it "leave their marks where operators tell nothing, and counts are right all the same" do
    expect(value(<<~RUBY)).to eq '[true, {"Integer#*"=>2, "Integer#-"=>1, "Array#[]"=>1}]'
      class Integer
        alias plus +
        def +(other) = plus(other)
      end
      counted
      [marked?, left.except("Integer#+")]
    RUBY
  end

  describe "when only some are wanted" do
    # Whether operators were marked while the block ran, and how often methods with these patterns were called.
    def marks(*patterns)
      value(<<~RUBY)
        require "ruby-prof/counting"
        counting = RubyProf.const_get(:Counting)
        during = nil
        counts = counting.run(counting::Selection.new(*#{patterns.inspect})) { operate; [2, 1].sort; [2, 1].sort; during = marked? }
        [during, counts.called, marked?]
      RUBY
    end

    it "leaves those alone that are not wanted: methods in C are counted without marks" do
      expect(marks("Array#sort")).to eq "[false, 2, false]"
      expect(marks("Array#sort", "Object#operate")).to eq "[false, 3, false]"
      expect(marks("Integer#+")).to eq "[true, 1, false]"
      expect(marks("Array#sort", "Integer#-")).to eq "[true, 3, false]"
      expect(marks("Array#*")).to match(/\A\[true, \d+, false\]\z/)
    end

    it "leaves them alone beside profiles that come and go, which miss nothing" do
      expect(value(<<~RUBY)).to eq '[[4, {}, {"Array#sort"=>1, "Object#operate"=>1}], false, {}]'
        require "ruby-prof/counting"
        counting = RubyProf.const_get(:Counting)
        profile = nil
        counts = counting.run(counting::Selection.new("Array#sort")) do
          [2, 1].sort
          profile = RubyProf.profile { operate; [2, 1].sort }
          [2, 1].sort
          RubyProf.profile(c_calls: false) { operate; [2, 1].sort }
        end
        [[counts.called, operators(profile), Child.counts(profile).slice("Array#sort", "Object#operate")], marked?, left]
      RUBY
    end
  end
end
