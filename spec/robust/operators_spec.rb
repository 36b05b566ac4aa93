# frozen_string_literal: true

require_relative "isolated"

# Whether operators are marked is a matter of the whole process: each example has one of its own.
RSpec.describe "operators", stress: false do
  include Isolated

  # Prints how often methods were called, operators among them.
  let(:program) { <<~'RUBY' }
    class Money
      attr_reader :cents
      def initialize(cents) = @cents = cents
      def +(other) = Money.new(cents + other.cents)
      def ==(other) = cents == other.cents
    end
    def operate(list = [1, 2])
      n = list[0] + list.size * 3 - 1
      text = "a" + "b"
      list << n if { text => n }[text] == n && text.size < n && text == "ab"
    end
    OPERATORS = %w[Integer#+ Integer#- Integer#* Integer#< Integer#== Array#[] Array#size Array#<< Hash#[] String#+ String#== String#size].freeze
    def counts(profile)
      methods = profile.threads.flat_map(&:methods)
      methods.group_by(&:full_name).transform_values { |same| same.sum(&:called) }
    end
    def operators(profile) = counts(profile).slice(*OPERATORS)
    def marked? = RubyProf::Testing.operators_marked?
  RUBY

  def printed(script)
    # Since 3.4 Ruby writes hashes with more room.
    output_of(program + script).gsub(" => ", "=>")
  end

  it "are no calls, and leave no marks" do
    expect(printed(<<~RUBY)).to eq "{}[false, false]{}false"
      first = RubyProf.profile { operate; print "" }
      print operators(first)
      during = nil
      second = RubyProf::Profile.new
      second.start
      during = marked?
      operate
      second.stop
      print [during, marked?].inspect, operators(second), marked?
    RUBY
  end

  it "are calls where they are some" do
    expect(printed(<<~RUBY)).to eq '{"Money#+"=>1, "Money#=="=>1, "Integer#+"=>2, "Integer#-"=>1}{"Integer#to_s"=>1, "Array#sum"=>3}'
      profile = RubyProf.profile do
        Money.new(1) + Money.new(2) == Money.new(3)
        [1, 2, 3].each_slice(2).map { |pair| pair.sum.method(:+).call(1) }
        1.send(:-, 2)
        [1.to_s].sum("")
      end
      found = counts(profile)
      print found.slice("Money#+", "Money#==", "Integer#+", "Integer#-").inspect, found.slice("Integer#to_s", "Array#sum").inspect
    RUBY
  end

  it "are calls where somebody has redefined them" do
    expect(printed(<<~RUBY)).to eq '{"Integer#-"=>2}'
      class Integer
        alias minus -
        def -(other) = minus(other)
      end
      profile = RubyProf.profile { 3 - 1; list = [5]; list[0] - 1 }
      print operators(profile).inspect
    RUBY
  end

  it "are left alone in code that is compiled meanwhile" do
    expect(printed(<<~RUBY)).to eq "[3, 3, 6]{}[4]"
      made = []
      profile = RubyProf.profile do
        made << eval("one = 1; two = 2; one + two")
        made << RubyVM::InstructionSequence.compile("list = [1, 2]; list[0] + list[1]").eval
        eval("def compiled(n) = n * 2 + [0][0]")
        made << compiled(3)
      end
      print made.inspect, operators(profile).inspect
      print [compiled(2)].inspect
    RUBY
  end

  it "are counted on request, by option or by the environment" do
    expected = printed("print operators(RubyProf.profile(operators: true) { operate }).inspect, marked?")
    expect(expected).to include('"Integer#+"=>1', '"Integer#*"=>1', '"Array#[]"=>1', '"Hash#[]"=>1', '"String#=="=>1', '"Array#<<"=>1').and end_with("false")
    environment = 'ENV["RUBY_PROF_OPERATORS"] = "1"; '
    expect(printed("#{environment}print operators(RubyProf.profile { operate }).inspect, marked?")).to eq expected
    expect(printed("#{environment}print operators(RubyProf.profile(operators: false) { operate }).inspect, marked?")).to eq "{}false"
    expect(printed("#{environment}print operators(RubyProf.profile(c_calls: false) { operate }).inspect, marked?")).to eq "{}false"
    expect(printed(<<~RUBY)).to eq "RUBY_PROF_OPERATORS=yes cannot be used; it can be 0 or 1"
      ENV["RUBY_PROF_OPERATORS"] = "yes"
      begin
        RubyProf.profile { operate }
      rescue ArgumentError => e
        print e.message
      end
    RUBY
  end

  it "are counted where another tracer of C calls was before, or is" do
    expect(printed(<<~RUBY)).to eq "[1, 1, true]"
      TracePoint.new(:c_call) { }.enable { operate }
      counted = RubyProf.profile { operate }
      seen = Hash.new(0)
      beside = nil
      TracePoint.new(:c_call) { |event| seen[event.method_id] += 1 }.enable { beside = RubyProf.profile { operate } }
      print [operators(counted)["Integer#*"], operators(beside)["Integer#*"], seen[:*] >= 1].inspect
    RUBY
  end

  it "are counted where two profiles start within a tracer, the first or the last of which wants it" do
    script = <<~'RUBY'
      def begin_now = nil
      profiles = []
      start = ->(wanted) { profiles << RubyProf::Profile.new(operators: wanted).start }
      tracer = TracePoint.new(:call) { |event| WANTED.each(&start) if event.method_id == :begin_now }
      tracer.enable
      begin_now
      operate
      tracer.disable
      profiles.reverse_each(&:stop)
      print profiles.map { |profile| [profile.operators?, operators(profile)["Integer#*"]] }.inspect
    RUBY
    [[true, false], [false, true]].each do |wanted|
      expect(printed("WANTED = #{wanted}\n#{script}")).to eq "[[true, 1], [true, 1]]"
    end
  end

  it "are seen by a tracer that comes during a profile or after it" do
    expect(printed(<<~RUBY)).to eq "[[:*], [:*], [:*]]"
      tracing = lambda do
        seen = []
        TracePoint.new(:c_call) { |event| seen << event.method_id if event.method_id == :* }.enable { operate }
        seen
      end
      RubyProf.profile { operate }
      after = tracing.call
      during = nil
      RubyProf.profile { during = tracing.call }
      print [after, during, tracing.call].inspect
    RUBY
  end

  it "do not keep other tracers from their events" do
    expect(printed(<<~RUBY)).to eq "[[3, 4, 5], true, [1, 1]]"
      require "coverage"
      lines = []
      eval("def traced(n)\\n  a = n\\n  b = a + 1\\n  b\\nend", binding, "traced.rb", 2)
      RubyProf.profile do
        TracePoint.new(:line) { |event| lines << event.lineno if event.path == "traced.rb" }.enable { traced(1) }
      end
      calls = []
      tracer = TracePoint.new(:call, :return) { |event| calls << event.event if event.method_id == :fresh }
      tracer.enable
      RubyProf.profile { operate }
      # Compiled after the profile, while the other one runs.
      eval("def fresh = nil")
      fresh
      tracer.disable
      File.write("covered.rb", "def covered(n)\\n  n + 1\\nend\\ncovered(1)\\n")
      Coverage.start
      covered = nil
      RubyProf.profile { load "./covered.rb" }
      covered = Coverage.result.find { |path, _| path.end_with?("covered.rb") }.last
      File.delete("covered.rb")
      print [lines, calls == %i[call return], covered.values_at(0, 1)].inspect
    RUBY
  end

  it "are left alone by each of several profiles, in any order of their ends" do
    expect(printed(<<~RUBY)).to eq "[{}, {}, {}, false]"
      one, two, three = Array.new(3) { |index| RubyProf::Profile.new(track_allocations: index == 1) }
      one.start
      two.start
      operate
      one.stop
      operate
      three.start
      operate
      two.stop
      operate
      three.stop
      print [one, two, three].map { |profile| operators(profile) }.push(marked?).inspect
    RUBY
  end

  it "are left alone beside a profile that wants them, but no C calls" do
    expect(printed(<<~RUBY)).to eq "[{}, false]"
      one = RubyProf::Profile.new.start
      two = RubyProf::Profile.new(operators: true, c_calls: false).start
      operate
      two.stop
      one.stop
      print [operators(one), marked?].inspect
    RUBY
  end

  it "are counted by all that run once one profile wants them" do
    expect(printed(<<~RUBY)).to eq "[1, 1, true, false]"
      one = RubyProf::Profile.new.start
      two = RubyProf::Profile.new(operators: true).start
      operate
      two.stop
      during = marked?
      one.stop
      print [one, two].map { |profile| operators(profile)["Integer#*"] }.push(during, marked?).inspect
    RUBY
  end

  it "are left alone under GC.stress, by threads, and when a child process goes on" do
    expect(printed(<<~RUBY)).to eq "[{}, {}, 4, {}, false]"
      GC.stress = true
      stressed = RubyProf.profile { operate }
      GC.stress = false
      threads = RubyProf.profile { 4.times.map { Thread.new { operate.to_s } }.each(&:join) }
      reader, writer = IO.pipe
      profile = RubyProf::Profile.new.start
      child = fork do
        operate
        writer.write(operators(profile.stop).inspect, marked?.inspect)
        exit!(0)
      end
      Process.wait(child)
      writer.close
      operate
      profile.stop
      raise "child" unless reader.read == "{}false"
      print [operators(stressed), operators(threads), counts(threads)["Object#operate"], operators(profile), marked?].inspect
    RUBY
  end

  it "are left alone by the public reader" do
    expect(printed(<<~RUBY)).to eq "{}1false"
      ENV["RUBY_PROF_EVENTS"] = "public"
      profile = RubyProf.profile { operate }
      print operators(profile).inspect, counts(profile)["Object#operate"], marked?
    RUBY
  end
end
