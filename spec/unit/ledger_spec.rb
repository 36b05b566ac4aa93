# frozen_string_literal: true

require "tmpdir"

# Times here are what the machine makes of them: only what adds up, and what is most of a wait, is looked at.
RSpec.describe "RubyProf::Ledger", stress: false do
  module LedgerFixtures
    # What cannot go on until another thread has slept, or a child.
    class Waiting
      NAP = 0.06

      def sleeps = sleep(NAP)
      def selects = IO.select([IO.pipe.first], nil, nil, NAP)
      def reads = IO.popen(["sleep", NAP.to_s], &:read)

      def locks
        mutex = Mutex.new
        sleeper = Thread.new { mutex.synchronize { sleep(NAP) } }
        Thread.pass until mutex.locked?
        mutex.lock
        sleeper.join
      end

      def pops = Queue.new.then { |queue| Thread.new { sleep(NAP) && queue.push(1) } && queue.pop }
      def joins = Thread.new { sleep(NAP) }.join
    end

    # What keeps a processor busy, for so long by its own clock.
    class Working
      def works(seconds = 0.03)
        limit = Process.clock_gettime(Process::CLOCK_THREAD_CPUTIME_ID) + seconds
        nil while Process.clock_gettime(Process::CLOCK_THREAD_CPUTIME_ID) < limit
      end

      def collects = 3.times { GC.start }

      def works_beside(other)
        other.push(1)
        works(0.2)
      end
    end
  end

  def profile(**options, &block)
    RubyProf::Profile.new(**options).profile(&block)
  end

  def ledger_of(profile, name)
    profile.threads.flat_map(&:methods).find { |method| method.full_name.end_with?(name) }.ledger
  end

  def share(part, ledger)
    part.fdiv(ledger.wall)
  end

  waiting = {
    sleeps: "Kernel#sleep", selects: "IO>#select", reads: "IO#read", locks: "Mutex#lock", pops: "Queue#pop", joins: "Thread#join"
  }
  waiting.each do |name, full_name|
    it "knows that whoever #{name} is blocked" do
      profile = profile(include_threads: [Thread.current]) { LedgerFixtures::Waiting.new.public_send(name) }
      ledger = ledger_of(profile, full_name)
      expect(ledger.wall).to be > 0.03e9
      expect(share(ledger.blocked, ledger)).to be > 0.6
      expect(share(ledger.running, ledger)).to be < 0.3
    end
  end

  it "knows that whoever still waits at the end is blocked" do
    profile = profile do
      sleeper = Thread.new { Queue.new.pop }
      5.times { LedgerFixtures::Waiting.new.sleeps }
      sleeper
    end
    ledgers = profile.threads.map(&:ledger)
    expect(ledgers.size).to eq 2
    ledgers.each { |ledger| expect([share(ledger.blocked, ledger) > 0.6, share(ledger.gvl_wait, ledger) < 0.3]).to eq [true, true] }
  end

  it "knows that with objects counted" do
    profile = profile(track_allocations: true) do
      sleeper = Thread.new { Queue.new.pop }
      5.times { LedgerFixtures::Waiting.new.sleeps && Array.new(1000) { +"object" } }
      sleeper
    end
    other = profile.threads.last.ledger
    expect([share(other.blocked, other) > 0.6, share(other.running, other) < 0.3]).to eq [true, true]
  end

  it "knows that of the thread which started it, too" do
    profile = RubyProf::Profile.new
    stopper = Thread.new do
      sleep(0.1)
      profile.stop
    end
    profile.start
    sleep(0.15)
    stopper.join
    ledger = profile.threads.first.ledger
    expect(share(ledger.blocked, ledger)).to be > 0.5
  end

  it "knows no more work than there was time" do
    eval((0...3000).map { |number| "def ledger_method_#{number}(argument) = argument + #{number}" }.join("\n"), binding, __FILE__, __LINE__)
    profile = RubyProf::Profile.new(operators: true)
    5.times { profile.start && profile.stop }
    ledger = profile.threads.first.ledger
    # To mark and relieve 3,000 methods takes several milliseconds each time.
    expect(ledger.cpu).to be < ledger.wall + 3_000_000
  end

  it "is there when the load path is not any more" do
    result = ruby("require 'ruby-prof'; $LOAD_PATH.clear; print RubyProf::Profile.profile { 1 }.then { |profile| [profile.overhead.class, profile.threads.first.ledger.class] }")
    expect([result.stderr, result.stdout]).to eq ["", "[RubyProf::Overhead, RubyProf::Ledger]"]
  end

  it "knows who is at work" do
    profile = profile { LedgerFixtures::Working.new.works }
    thread = profile.threads.first
    expect(share(thread.ledger.blocked, thread.ledger)).to be < 0.4
    expect(share(thread.ledger.gvl_wait, thread.ledger)).to be < 0.3
    # By the processor's clock, which knows nothing of neighbours on the machine.
    expect(thread.ledger.cpu).to be > 0.03e9
    expect(thread.ledger.cpu).to be < thread.ledger.wall + 0.002e9
  end

  it "knows who wants to run while another thread does" do
    gate = Queue.new
    other = Thread.new { gate.pop && LedgerFixtures::Working.new.works(0.2) }
    profile = profile { LedgerFixtures::Working.new.works_beside(gate) }
    other.join
    ledger = profile.threads.find { |thread| thread.id == Thread.current.object_id }.ledger
    expect(share(ledger.gvl_wait, ledger)).to be > 0.1
  end

  it "has the garbage collector's part" do
    profile = profile { LedgerFixtures::Working.new.collects }
    method = profile.threads.first.methods.find { |candidate| candidate.full_name == "<Module::GC>#start" }
    expect(method.ledger.gc).to eq((method.gc_time * 1e9).round)
    expect(share(method.ledger.gc, method.ledger)).to be > 0.5
  end

  it "adds up to the nanosecond, for every path, method and thread, compensated or not" do
    [true, false].each do |compensate|
      profile = profile(compensate: compensate) do
        LedgerFixtures::Waiting.new.joins
        LedgerFixtures::Working.new.collects
        300.times { |number| number.to_s.to_sym }
      end
      profile.threads.each do |thread|
        trees = [thread.call_tree]
        trees.each { |tree| trees.concat(tree.children) }
        sums = trees.map { |tree| tree.ledger.to_h }.reduce { |one, other| one.merge(other) { |_, left, right| left + right } }
        expect(thread.ledger.to_h).to eq sums
        methods = thread.methods.map { |method| method.ledger.to_h }
        expect(methods.reduce { |one, other| one.merge(other) { |_, left, right| left + right } }).to eq sums
        subtracted = compensate ? thread.ledger.overhead : 0
        expect(thread.ledger.wall - subtracted).to eq((thread.total_time * 1e9).round)
        trees.each { |tree| expect(tree.ledger.wall).to be >= ((tree.self_time + tree.wait_time) * 1e9).round }
      end
    end
  end

  it "is read as seconds too" do
    profile = profile { LedgerFixtures::Waiting.new.sleeps }
    thread = profile.threads.first
    method = thread.methods.find { |candidate| candidate.full_name == "Kernel#sleep" }
    [thread, method, method.call_trees.call_trees.first].each do |part|
      ledger = part.ledger
      expect([part.running_time, part.gvl_wait_time, part.blocked_time, part.gc_time])
        .to eq([ledger.running, ledger.gvl_wait, ledger.blocked, ledger.gc].map { |nanoseconds| nanoseconds / 1e9 })
    end
  end

  it "is kept in files and merged profiles" do
    profile = profile { LedgerFixtures::Waiting.new.sleeps }
    again = Marshal.load(Marshal.dump(profile))
    expect(again.threads.map(&:ledger)).to eq profile.threads.map(&:ledger)
    both = Dir.mktmpdir do |directory|
      paths = %w[one other].map { |name| File.join(directory, name) }
      [profile, again].zip(paths) { |each, path| each.save(path) }
      RubyProf.merge(*paths)
    end
    one = profile.threads.first.ledger
    ledger = both.threads.first.ledger
    expect(ledger.to_h).to eq(one.to_h.transform_values { |part| part * 2 })
    expect(ledger.cpu).to eq one.cpu * 2
  end

  it "has no part in paused time" do
    profile = RubyProf::Profile.new.tap(&:start)
    profile.pause
    sleep(0.2)
    profile.resume
    LedgerFixtures::Working.new.works(0.005)
    profile.stop
    expect(profile.threads.first.ledger.blocked).to be < 0.1e9
  end

  it "goes on in a forked child" do
    read, write = IO.pipe
    profile = RubyProf::Profile.new.tap(&:start)
    child = fork do
      LedgerFixtures::Waiting.new.sleeps
      profile.stop
      write.write(Marshal.dump(ledger_of(profile, "Kernel#sleep").to_h))
      exit!(0)
    end
    write.close
    parts = Marshal.load(read.read)
    Process.wait(child)
    profile.stop
    expect(parts[:blocked]).to be > 0.03e9
    expect($?).to be_success
  end

  it "says nothing of the processor where elapsed time is not measured" do
    profile = profile(measure_mode: RubyProf::PROCESS_TIME) { LedgerFixtures::Working.new.works }
    by_hand = profile_by_hand { LedgerFixtures::Working.new.works }
    expect([profile, by_hand].flat_map { |each| each.threads.map { |thread| thread.ledger.cpu } }).to all(be_nil)
  end

  it "is nil where no time is measured" do
    profile = profile(measure_mode: RubyProf::ALLOCATIONS) { [1].map(&:to_s) }
    thread = profile.threads.first
    expect([thread.ledger, thread.methods.first.ledger, thread.call_tree.ledger]).to all(be_nil)
  end

  it "shows in heads and in columns on demand" do
    profile = profile { LedgerFixtures::Waiting.new.sleeps }
    text = RubyProf::FlatPrinter.new(profile).print(+"", ledger: true)
    expect(text).to match(/^Ledger: 0\.\d+ = running 0\.\d+ (\+ GVL wait \S+ \S+ )?\+ blocked \d+\.\d+ \(\d+\.\d%\)/)
    expect(text).to match(/^ %self .*child.*run.*gvl.*block.*gc.*calls/)
    expect(text).to include "Slept, read, or waited for a lock"
    page = RubyProf::GraphHtmlPrinter.new(profile).print(+"")
    expect(page).to include "<dt>Blocked</dt>"
  end

  it "shows the garbage collector as a method if that is wanted" do
    profile = profile { LedgerFixtures::Working.new.collects }
    [RubyProf::FlatPrinter, RubyProf::GraphPrinter, RubyProf::CallInfoPrinter, RubyProf::DotPrinter].each do |printer|
      expect(printer.new(profile).print(+"")).not_to include "[collector]"
      expect(printer.new(profile).print(+"", gc_nodes: true)).to include "[collector]"
    end
    [RubyProf::GraphHtmlPrinter, RubyProf::CallStackPrinter, RubyProf::FlameGraphPrinter].each do |printer|
      expect(printer.new(profile).print(+"", gc_nodes: true)).to include "[collector]"
    end
    row = RubyProf::FlatPrinter.new(profile).print(+"", gc_nodes: true).lines.grep(/<Module::GC>#\[collector\]/).first
    share, total, own, _wait, children, calls = row.split
    expect([own, children.to_f]).to eq [total, 0]
    expect(share.to_f).to be_within(0.01).of(profile.threads.first.gc_time / profile.threads.first.total_time * 100)
    expect(calls.to_i).to be >= 3
    expect { RubyProf::FlatPrinter.new(profile).print(+"", gc_nodes: 1) }.to raise_error(ArgumentError, /gc_nodes: 1 cannot be used/)
  end

  it "is a value" do
    ledger = RubyProf::Ledger.new([1, 2, 3, 4, 5], 7)
    expect(ledger).to have_attributes(wall: 15, running: 1, gvl_wait: 2, blocked: 3, gc: 4, overhead: 5, cpu: 7, unexplained: 1 + 4 + 5 - 7)
    expect(ledger).to be_frozen
    expect(ledger).to eql RubyProf::Ledger.new([1, 2, 3, 4, 5], 7)
    expect(ledger.hash).to eq RubyProf::Ledger.new([1, 2, 3, 4, 5], 7).hash
    expect(ledger).not_to eq RubyProf::Ledger.new([1, 2, 3, 4, 5])
    expect(RubyProf::Ledger.new([1, 2, 3, 4, 5]).unexplained).to be_nil
    expect(ledger.inspect).to eq "#<RubyProf::Ledger 0.000000 s: running 0.000000, gvl_wait 0.000000, blocked 0.000000, gc 0.000000, overhead 0.000000>"
  end
end
