# frozen_string_literal: true

require_relative "isolated"

RSpec.describe "processes", stress: false do
  { "WALL_TIME" => "wall", "PROCESS_TIME" => "processor" }.each do |mode, what|
    it "adds up in a forked child that stops the profile (#{what} time)" do
      expect(output_of(<<~RUBY)).to eq "[[], 2]\n[[], 1]"
        def burn = 300_000.times { |n| n + 1 }
        def outer
          burn
          child = fork do
            burn
            profile = RubyProf.stop
            p [Child.faults(profile), Child.counts(profile)["Object#burn"]]
            $stdout.flush
            exit!(0)
          end
          Process.wait(child)
        end
        RubyProf.measure_mode = RubyProf::#{mode}
        RubyProf.start
        outer
        profile = RubyProf.stop
        p [Child.faults(profile), Child.counts(profile)["Object#burn"]]
      RUBY
    end
  end

  it "ends in every way while a profile runs" do
    {
      "RubyProf.start; 1.to_s" => 0,
      "RubyProf.start; exit 3" => 3,
      "RubyProf.start; exit! 4" => 4,
      "RubyProf.start; abort" => 1,
      "RubyProf.start; Thread.new { loop { 1.to_s } }; at_exit { 5.times { GC.start; Object.new.to_s } }" => 0,
      "RubyProf::Profile.new(track_allocations: true).start; ObjectSpace.define_finalizer(Object.new, proc { 1.to_s })" => 0,
      "RubyProf.start; at_exit { RubyProf.stop }; 1.to_s" => 0,
      "RubyProf.profile(allow_exceptions: true) { exit 5 }" => 5
    }.each { |script, status| expect(isolated(script)).to eq ["", status] }
  end

  it "takes signals, handlers that stop the profile, and a flood of them" do
    expect(output_of(<<~RUBY, seconds: 30)).to eq "[50001, []]\n[100000, []]"
      trap(:INT) { $stopped = RubyProf.stop }
      RubyProf.start
      100_000.times { |n| n.to_s; Process.kill(:INT, $$) if n == 50_000 }
      p [Child.counts($stopped)["Integer#to_s"], Child.faults($stopped)]
      trap(:PROF) { }
      flood = fork { 5_000.times { Process.kill(:PROF, Process.ppid) }; exit! }
      profile = RubyProf.profile { 100_000.times { |n| n.to_s } }
      Process.wait(flood)
      p [Child.counts(profile)["Integer#to_s"], Child.faults(profile)]
    RUBY
  end

  it "neither crashes nor hears Ractors" do
    expect(output_of(<<~RUBY)).to eq "[1000, Ractor::UnsafeError, []]"
      count = 1000
      # No allocations: up to 3.1.2 the VM itself crashes on new-object hooks beside Ractors.
      ractors = 2.times.map { Ractor.new { 20_000.times { |n| n.to_s; Object.new }; GC.start } }
      profile = RubyProf::Profile.new.start
      count.times { |n| n.to_s }
      value = ->(ractor) { ractor.respond_to?(:value) ? ractor.value : ractor.take }
      ractors.each(&value)
      error = value[Ractor.new { RubyProf.start rescue $!.class }]
      profile.stop
      p [Child.counts(profile)["Integer#to_s"], error, Child.faults(profile)]
    RUBY
  end
end
