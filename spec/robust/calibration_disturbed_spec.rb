# frozen_string_literal: true

# What a program does to itself while costs are measured, and what its tracers see of that.
RSpec.describe "costs that are measured within a program", stress: false do
  # `calibration` and `programs` are ours; `within(name) { ... }` runs the block once, in a program that is measured.
  def found(script)
    result = ruby(<<~RUBY)
      require "ruby-prof"
      def programs = RubyProf.send(:const_get, :Calibration).send(:const_get, :Programs)
      def calibration = RubyProf.send(:const_get, :Calibration)
      def within(name, &block)
        programs.singleton_class.prepend(Module.new do
          define_method(name) do |*calls|
            disturbing, block = block, nil
            disturbing&.call
            super(*calls)
          end
        end)
      end
      # Until a look is due.
      def wait = sleep(0.26)
      #{script}
    RUBY
    expect([result.stderr, result.status.success?]).to eq ["", true]
    eval(result.stdout) # rubocop:disable Security/Eval
  end

  it "do not swallow what a signal's handler raises when a profile starts" do
    facts = found(<<~RUBY)
      trap("USR1") { raise ArgumentError, "from outside" }
      within(:many_c) { Process.kill("USR1", Process.pid) && sleep(0.01) }
      profile = RubyProf::Profile.new
      raised = begin profile.start; rescue ArgumentError => e; e.message; end
      before = profile.running?
      profile.start.stop
      p [raised, before, profile.overhead.known?]
    RUBY
    expect(facts).to eq ["from outside", false, true]
  end

  it "do not swallow it where a second signal comes while they try again" do
    facts = found(<<~RUBY)
      trap("USR1") { raise ArgumentError, "from outside" }
      within(:one_ruby) { Process.kill("USR1", Process.pid) && sleep(0.01) }
      within(:many_c) { Process.kill("USR1", Process.pid) && sleep(0.01) }
      p(begin RubyProf::Profile.new.start; rescue ArgumentError => e; e.message; end)
    RUBY
    expect(facts).to eq "from outside"
  end

  it "do not swallow it while threads are listed" do
    facts = found(<<~RUBY)
      trap("USR1") { raise ArgumentError, "from outside" }
      profile = RubyProf::Profile.new.start
      disturbing = -> { Process.kill("USR1", Process.pid) && sleep(0.01) }
      Thread.singleton_class.prepend(Module.new do
        define_method(:list) { (disturbing, now = nil, disturbing) && now&.call; super() }
      end)
      raised = begin profile.stop; rescue ArgumentError => e; e.message; end
      p [raised, profile.threads.size, profile.overhead.known?]
    RUBY
    expect(facts).to eq ["from outside", 1, true]
  end

  it "do not swallow it when a profile stops, nor lose the profile for it" do
    facts = found(<<~RUBY)
      def called = nil
      trap("USR1") { raise ArgumentError, "from outside" }
      profile = RubyProf::Profile.new.start
      3.times { called }
      wait
      within(:many_c) { Process.kill("USR1", Process.pid) && sleep(0.01) }
      raised = begin profile.stop; rescue ArgumentError => e; e.message; end
      calls = profile.threads.first.methods.find { |method| method.method_name == :called }.called
      p [raised, calls, profile.running?, profile.overhead.known?]
    RUBY
    expect(facts).to eq ["from outside", 3, false, true]
  end

  it "can be measured by a signal's handler, which may load nothing" do
    facts = found(<<~RUBY)
      profile = RubyProf::Profile.new
      trap("USR1") { profile.start }
      Process.kill("USR1", Process.pid)
      sleep(0.001) until profile.running?
      profile.stop
      p profile.overhead.known?
    RUBY
    expect(facts).to be true
  end

  it "do not depend on a clock that a program stops or turns" do
    facts = found(<<~RUBY)
      $asked = 0
      Process.singleton_class.prepend(Module.new do
        def clock_gettime(clock, ...)
          $asked += 1 unless clock == Process::CLOCK_REALTIME
          super
        end
      end)
      profiles = Array.new(2) { RubyProf.profile { wait } }
      p [$asked, profiles.map { |profile| profile.overhead.known? }]
    RUBY
    expect(facts).to eq [0, [true, true]]
  end

  it "are no concern of a program whose own methods are in the way" do
    facts = found(<<~RUBY)
      wrong = { Array => [:min, nil], Float => [:round, -3] }
      p(wrong.map do |owner, (name, value)|
        mode = owner == Array ? RubyProf::WALL_TIME : RubyProf::PROCESS_TIME
        original = owner.instance_method(name)
        $VERBOSE = nil
        owner.define_method(name) { |*| value }
        profile = RubyProf.profile(measure_mode: mode) { nil }
        owner.define_method(name, original)
        profile.overhead.known?
      end)
    RUBY
    expect(facts).to eq [false, false]
  end

  it "are not measured under the eyes of a tracer of lines or blocks" do
    facts = found(<<~RUBY)
      events = %i[line b_call]
      seen = []
      trace = -> { TracePoint.new(*events) { |event| seen << event.path }.enable { RubyProf::Profile.new.tap { |profile| yield_to(profile) } } }
      def yield_to(profile)
        profile.start
        wait
        profile.stop
      end
      first = trace.call.overhead.known?
      RubyProf.profile { nil }
      wait
      later = trace.call.overhead.known?
      p [seen.grep(/calibration/), first, later]
    RUBY
    expect(facts).to eq [[], false, true]
  end

  it "are in no profile that another thread starts meanwhile" do
    facts = found(<<~RUBY)
      within(:many_c) { sleep 0.05 }
      other = Thread.new { RubyProf::Profile.new.start.stop }
      sleep 0.01
      profile = RubyProf::Profile.new.start
      other.join
      profile.stop
      p [profile.threads.flat_map(&:methods).map(&:method_name) & %i[pred ord bit_length], profile.overhead.known?]
    RUBY
    expect(facts).to eq [[], true]
  end

  it "leave no more than some traces of where they come from" do
    facts = found(<<~RUBY)
      overhead = RubyProf.profile { nil }.overhead
      known = [*overhead.costs.values.flatten.map { |cost| (cost * 1e12).round }, 120_000]
      slow = Array.new(200) { |turn| calibration.slowed(known, 2_000_000 + (turn * 1_000), 3_000_000) }
      p [slow.uniq.size, calibration.instance_variable_get(:@origins).size <= 64]
    RUBY
    expect(facts).to eq [200, true]
  end

  it "are not taken for slow because they were so seconds ago" do
    facts = found(<<~RUBY)
      sum = ->(profile) { profile.overhead.costs.values.flatten.sum }
      known = sum[RubyProf.profile { nil }]
      calibration.singleton_class.prepend(Module.new { def distances(...) = [0.5, 0.5] })
      wait
      outer = RubyProf::Profile.new.start
      soon = sum[RubyProf.profile { nil }]
      sleep 2
      late = sum[RubyProf.profile { nil }]
      outer.stop
      p [soon / known, late / known]
    RUBY
    expect(facts).to match [be_within(1e-3).of(1.5), be_within(1e-3).of(1)]
  end
end
