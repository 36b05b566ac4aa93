# frozen_string_literal: true

require_relative "isolated"

# Blocks that iterators run lose their marks while a profile records: nobody may miss an event for that.
RSpec.describe "blocks without marks", stress: false do
  include Isolated

  # Three runs of a block that `each` is given, on line 2.
  let(:program) { <<~'RUBY' }
    eval <<~CODE, TOPLEVEL_BINDING, "traced.rb", 1
      def run(list = [1, 2, 3])
        list.each { |number| number + 1 }
      end
      def others = [1, 2].map { |one| [one, 3].sum { |two| two + 1 } }
    CODE
    def seen(*events, **options, &work)
      seen = []
      TracePoint.new(*events) { |event| seen << event.lineno if event.path == "traced.rb" }.enable(**options, &work)
      seen
    end
    def calls(profile, name)
      profile.threads.flat_map(&:methods).select { |method| method.full_name == name }.sum(&:called)
    end
  RUBY

  def printed(script, **options)
    output_of("#{program}\n#{script}", **options)
  end

  it "send their events to tracers that come before, during and after a profile" do
    expect(printed(<<~RUBY)).to eq "[[2, 2, 2], [2, 2, 2], [2, 2, 2], [2, 2, 2]]"
      before = seen(:b_call) { RubyProf.profile { run } }
      during = nil
      RubyProf.profile { run; during = seen(:b_call) { run } }
      after = seen(:b_call) { run }
      RubyProf.profile { run }
      print [before, during, after, seen(:b_return) { run }].inspect
    RUBY
  end

  it "have their lines, and targeted tracers, and the hook of set_trace_func" do
    expect(printed(<<~RUBY)).to eq "[[2, 2, 2, 2], [2, 2, 2, 2], 4, [2, 2, 2]]"
      lines = targeted = blocks = nil
      traced = 0
      RubyProf.profile do
        run
        lines = seen(:line) { run }
        run
        targeted = seen(:line, target: method(:run)) { run }
        set_trace_func(->(event, file, *) { traced += 1 if event == "line" && file == "traced.rb" })
        run
        set_trace_func(nil)
        run
        blocks = seen(:b_call, target: method(:run)) { run }
      end
      print [lines, targeted, traced, blocks].inspect
    RUBY
  end

  it "are covered" do
    script = <<~'RUBY'
      require "coverage"
      require "tempfile"
      file = Tempfile.new(["covered", ".rb"])
      file.write("def covered(list)\n  list.each do |number|\n    number + 1\n  end\nend\n")
      file.close
      start = -> { Coverage.start(lines: true); load file.path }
      START
      print Coverage.result.values.find { |lines| lines[:lines].size == 5 }[:lines].inspect
    RUBY
    [
      "start.call; RubyProf.profile { covered([1, 2, 3]) }",
      "RubyProf.profile { start.call; covered([1, 2, 3]) }",
      "RubyProf.profile { start.call; covered([1]); covered([2]) }; covered([3])"
    ].each { |start| expect(printed(script.sub("START", start))).to match(/\A\[1, [13], 3, nil, nil\]\z/) }
  end

  it "are counted by a profile that records blocks, whichever profile begins first" do
    expect(printed(<<~'RUBY')).to eq "[3, 3, 3, 0]"
      outer = RubyProf::Profile.new.start
      run
      inner = RubyProf.profile(blocks: true) { run }
      outer.stop
      outer = RubyProf::Profile.new(blocks: true).start
      plain = RubyProf.profile { run }
      outer.stop
      again = RubyProf.profile(blocks: true) { run }
      print [inner, outer, again, plain].map { |profile| calls(profile, "block in Object#run") }.inspect
    RUBY
  end

  it "are methods where methods are made of them" do
    expect(printed(<<~'RUBY')).to eq "[5, 5, 20, 5, 5]"
      class Maker
        def make = self.class.define_method(:made) { [1, 2].each { |one| one } }
        def keep(name, &block) = self.class.define_method(name, &block)
        def dsl = keep(:kept) { [1].map { |one| one } }
        def loops = %i[a b c d].each { |name| self.class.define_method(name) { 1 } }
        def twice = 2.times { |turn| [turn].each { self.class.define_method(:"nested#{turn}") { 2 } } }
      end
      maker = Maker.new
      work = lambda do
        maker.make
        maker.dsl
        maker.loops
        maker.twice
        5.times { %i[made kept a b c d nested0 nested1].each { |name| maker.public_send(name) } }
      end
      RubyProf.profile(&work)
      profile = RubyProf.profile(c_calls: false, &work)
      made = ->(*names) { names.sum { |name| calls(profile, "Maker##{name}") } }
      print [made[:made], made[:kept], made[:a, :b, :c, :d], made[:nested0], made[:nested1]].inspect
    RUBY
  end

  it "may be left in all ways, be collected, moved and replaced meanwhile" do
    expect(printed(<<~'RUBY')).to eq "[40, 40, true]"
      class Leaver
        def run(list)
          list.each do |number|
            next if number == 1
            break number if number == 3
            begin
              raise "no" if number == 2
            rescue RuntimeError
              redo if (number += 2) < 4
            ensure
              number.to_s
            end
          end
          list.each_with_index { |number, index| return index if number == 3 }
          list.map { |number| number.fdiv(0) rescue next }
        end
      end
      results = []
      profile = RubyProf.profile do
        20.times do |turn|
          2.times { results << Leaver.new.run([1, 2, 3, 4]) }
          old = Leaver.instance_method(:run)
          Leaver.class_eval { remove_method(:run) }
          eval("class Leaver; def run(list) = list.each_with_index { |number, index| return index if number == 3 }; end") if turn == 3
          Leaver.define_method(:run, old) unless turn == 3
          old = nil
          GC.start
          GC.compact if GC.respond_to?(:compact) && turn % 7 == 0
        rescue NotImplementedError
          nil
        end
      end
      print [results.size, calls(profile, "Leaver#run"), results.all?(2)].inspect
    RUBY
  end

  it "get their marks back for who goes on tracing" do
    expect(printed(<<~'RUBY')).to eq "[[2, 2, 2], 2, 3]"
      class Late; end
      def made(name = nil) = Late.define_method(name || :late) { 1 }
      first = RubyProf::Profile.new.start
      second = RubyProf::Profile.new(c_calls: false).start
      run
      others
      first.stop
      blocks = seen(:b_call) { run }
      made
      2.times { Late.new.late }
      run
      second.stop
      print [blocks, calls(second, "Late#late"), calls(second, "Object#run")].inspect
    RUBY
  end

  it "get them back if another profile goes on, and else as soon as anybody wants them" do
    expect(printed(<<~'RUBY')).to eq "[[0, 1], 2, 2]"
      class Late; end
      # The only kind of block that a method is made of and that has lost its marks before.
      class Odd
        def each(&block) = Late.define_method(:odd, &block)
      end
      def odd = Odd.new.each { 1 }
      # Who hears of calls first takes the marks off, and gives them back when it stops: the other one sees the call then.
      stopped = [0, 1].map do |last|
        two = Array.new(2) { RubyProf::Profile.new(c_calls: false).start }
        odd
        two[1 - last].stop
        Late.new.odd
        two[last].stop
        calls(two[last], "Late#odd")
      end
      later = RubyProf.profile { 2.times { Late.new.odd } }
      counted = nil
      tracer = TracePoint.new(:call) { |event| counted = counted.to_i + 1 if event.method_id == :odd && event.defined_class == Late }
      RubyProf.profile { odd }
      tracer.enable { 2.times { Late.new.odd } }
      print [stopped.sort, calls(later, "Late#odd"), counted].inspect
    RUBY
  end

  it "are of a child process, too" do
    expect(printed(<<~'RUBY')).to eq "[[2, 2, 2], 2]"
      reader, writer = IO.pipe
      profile = RubyProf::Profile.new.start
      run
      child = fork do
        profile.stop if profile.running?
        writer.write Marshal.dump(seen(:b_call) { run })
        writer.close
        exit!(0)
      end
      writer.close
      Process.wait(child)
      run
      profile.stop
      print [Marshal.load(reader.read), calls(profile, "Object#run")].inspect
    RUBY
  end
end
