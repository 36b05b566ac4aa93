# frozen_string_literal: true

require_relative "isolated"

RSpec.describe "memory and the GC", stress: false do
  it "does not grow when one profile is started again and again" do
    expect(output_of(<<~RUBY, seconds: 40)).to eq "true"
      classes = 500.times.map { |n| Object.const_set("K\#{n}", Class.new { def self.touch; end }) }
      profile = RubyProf::Profile.new
      run = -> { 1500.times { profile.start; classes.each(&:touch); profile.stop }; GC.start; Child.rss_megabytes }
      run.call
      first = run.call
      2.times { run.call }
      grown = Child.rss_megabytes - first
      puts grown < 5 || grown
    RUBY
  end

  it "survives GC.stress while it records and while results are read" do
    expect(output_of(<<~RUBY, seconds: 60)).to eq "[10, 1, 1, [], true]"
      [{ track_allocations: true }, { measure_mode: RubyProf::ALLOCATIONS }].each do |options|
        GC.stress = true
        $profile = RubyProf::Profile.new(**options).profile do
          10.times { |n| n.to_s }
          single = Object.new
          def single.alone; end
          single.alone
          Class.new { def passing; end }.new.passing
          Fiber.new { Fiber.yield [1].map(&:succ) }.resume
          Thread.new { Class.new(BasicObject).new }.join
        end
        $profile.threads.each { |thread| thread.methods.each { |m| [m.to_s, m.hash, m.allocations.map(&:inspect), m.call_trees.callers] } }
        $page = RubyProf::GraphHtmlPrinter.new($profile).print(+"")
        GC.stress = false
      end
      sum = ->(name) { Child.counts($profile).sum { |full, called| full.end_with?(name) ? called : 0 } }
      p [sum["Integer#to_s"], sum["#alone"], sum["#passing"], Child.faults($profile), $page.include?("</html>")]
    RUBY
  end

  it "keeps parts usable when the profile is gone" do
    expect(output_of(<<~RUBY)).to eq "ok"
      def parts
        profile = RubyProf.profile(track_allocations: true) { [1].map(&:to_s); Object.new }
        method = profile.threads[0].methods.find { |m| m.allocations.any? }
        trees = method.call_trees
        [profile.threads[0], method, trees, trees.call_trees[0], method.measurement, method.allocations[0]]
      end
      kept = parts
      3.times { GC.start; GC.compact if GC.respond_to?(:compact) }
      kept.each { |part| part.class.instance_methods(false).each { |name| part.send(name) if part.method(name).arity.zero? } }
      puts "ok"
    RUBY
  end

  it "lets running profiles without a reference run, and frees them when stopped" do
    expect(output_of(<<~RUBY)).to eq "[100, true]"
      100.times { RubyProf::Profile.new.start }
      GC.start
      all = ObjectSpace.each_object(RubyProf::Profile)
      running = all.count(&:running?)
      all.each { |profile| profile.stop if profile.running? }
      GC.start
      p [running, all.count < 10]
    RUBY
  end

  it "reads the allocations of many fibers in no time" do
    expect(output_of(<<~RUBY, seconds: 60)).to eq "true"
      profile = RubyProf.profile(track_allocations: true) { 10_000.times { Fiber.new { Object.new; "a".dup; [1].dup }.resume } }
      start = Process.clock_gettime(Process::CLOCK_MONOTONIC)
      profile.threads.each { |thread| thread.methods.each(&:allocations) }
      taken = Process.clock_gettime(Process::CLOCK_MONOTONIC) - start
      puts taken < 1 || taken
    RUBY
  end

  it "records 90,000 levels and finds its way back", :slow do
    skip "set HEAVY=1" unless ENV["HEAVY"]
    expect(output_of(<<~RUBY, seconds: 60, env: { "RUBY_THREAD_VM_STACK_SIZE" => "200000000" })).to eq "[90001, 1, 90001, []]"
      Thread.new do
        def down(levels) = levels.zero? ? 0 : down(levels - 1)
        profile = RubyProf.profile { down(90_000); 5.to_s }
        RubyProf::GraphHtmlPrinter.new(profile).print(+"")
        down = profile.threads[0].methods.find { |m| m.method_name == :down }
        p [down.called, Child.counts(profile)["Integer#to_s"], down.call_trees.call_trees.last.depth, Child.faults(profile)]
      end.join
    RUBY
  end
end
