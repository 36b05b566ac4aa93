# frozen_string_literal: true

require_relative "isolated"

RSpec.describe "threads that end in every way", stress: false do
  # How long the worker and its wait took in a profile that outlives it by far.
  def worker(body)
    output_of(<<~RUBY)
      profile = RubyProf.profile do
        thread = Thread.new { Thread.current.report_on_exception = false; 1.to_s; #{body} }
        sleep 0.05
        thread.kill
        thread.join rescue 0
        sleep 0.5
      end
      ended = profile.threads.last
      p ended.total_time < 0.3 && ended.wait_time < 0.3
      p Child.faults(profile)
    RUBY
  end

  {
    "returns" => "2.to_s",
    "raises" => "raise 'x'",
    "exits" => "Thread.exit",
    "is killed" => "sleep",
    "throws to nobody" => "throw :nobody"
  }.each do |how, body|
    it "ends the tree of a thread that #{how} when the thread ends" do
      expect(worker(body)).to eq "true\n[]"
    end
  end

  it "does not let threads that fork left behind wait in the child" do
    expect(output_of(<<~RUBY)).to eq "true"
      queue = Queue.new
      RubyProf.start
      thread = Thread.new { 1.to_s; queue.pop }
      sleep 0.05
      child = fork do
        sleep 0.4
        puts RubyProf.stop.threads.last.wait_time < 0.3
      end
      Process.wait(child)
    RUBY
  end

  it "lets a killed thread die" do
    expect(output_of(<<~RUBY)).to eq "false"
      went_on = false
      thread = Thread.new { RubyProf.profile { sleep }; went_on = true }
      Thread.pass until thread.status == "sleep"
      thread.kill.join
      p went_on
    RUBY
  end

  it "lets the process end while a thread profiles" do
    _, status = isolated(<<~RUBY, seconds: 5)
      Thread.new { loop { RubyProf::Profile.new.profile { sleep } } }
      sleep 0.1
    RUBY
    expect(status).to eq 0
  end

  it "names the threads right when a TracePoint block starts the profile" do
    expect(output_of(<<~RUBY)).to eq "true"
      other = nil
      started = false
      trace = TracePoint.new(:call) do
        next if started
        started = true
        RubyProf.start
        other = Thread.new { 3.to_s }
        other.join
      end
      def traced; end
      trace.enable { traced }
      5.to_s
      threads = RubyProf.stop.threads
      puts threads.map(&:id).sort == [Thread.main.object_id, other.object_id].sort
    RUBY
  end

  it "counts exactly with many threads, also with public functions only" do
    %w[layout public].each do |events|
      expect(output_of(<<~RUBY, env: { "RUBY_PROF_EVENTS" => events })).to eq "[6000, []]"
        profile = RubyProf.profile(track_allocations: true) do
          3.times { 100.times.map { |n| Thread.new { 20.times { n.to_s; Thread.pass } } }.each(&:join) }
        end
        p [Child.counts(profile)["Integer#to_s"], Child.faults(profile)]
      RUBY
    end
  end

  it "makes no thread's fiber twice where objects are counted with public functions only" do
    expect(output_of(<<~RUBY, env: { "RUBY_PROF_EVENTS" => "public" })).to eq "20"
      waiting = 20.times.map { Thread.new { Thread.stop; Fiber.current; 1.to_s } }
      Thread.pass until waiting.all?(&:stop?)
      5.times do
        RubyProf.profile(measure_mode: RubyProf::ALLOCATIONS) do
          20.times.map { Thread.new { 1.to_s } }.each(&:join)
          waiting.select(&:alive?).each(&:run).each(&:join)
        end
        GC.start
      end
      p waiting.count { |thread| thread.value == "1" }
    RUBY
  end

  it "takes start and stop in other threads, and profiles at the same time" do
    expect(output_of(<<~RUBY)).to eq "[]\n[]"
      profile = RubyProf::Profile.new
      Thread.new { profile.start; 1.to_s }.join
      2.to_s
      Thread.new { profile.stop }.join
      p Child.faults(profile)
      faults = 8.times.map do |index|
        Thread.new do
          20.times.flat_map do
            own = RubyProf::Profile.new(track_allocations: index.odd?).start
            20.times { |n| n.to_s; Thread.pass }
            Child.faults(own.stop)
          end
        end
      end
      p faults.flat_map(&:value)
    RUBY
  end

  # Prints 100. Without C methods a read of a pipe is no event: only the VM can tell who runs.
  let(:waiting) do
    <<~RUBY
      def ask(asks, replies) = [asks.putc(1), replies.getbyte]
      requests, asks = IO.pipe
      replies, answers = IO.pipe
      Thread.new { requests.getbyte; RubyProf::Testing.advance(100); answers.putc(1) }
      profile = RubyProf::Profile.new(c_calls: false)
      RubyProf::Testing.use_manual_clock(profile)
      profile.profile { ask(asks, replies) }
      method = profile.threads.first.methods.find { |each| each.method_name == :ask }
      puts (method.wait_time * 1e9).round
    RUBY
  end

  describe "and that run", if: RUBY_VERSION >= "3.3" do
    it "tells apart with public functions only" do
      expect(output_of(waiting, env: { "RUBY_PROF_EVENTS" => "public" })).to eq "100"
    end

    it "tells apart after other profiles, and while they run" do
      expect(output_of("RubyProf.profile {}; RubyProf.start; #{waiting}; RubyProf.stop; #{waiting}")).to eq "100\n100"
    end

    it "tells apart in the child of a thread that forked while profiles ran and threads took turns" do
      expect(output_of(<<~RUBY)).to eq "100\n100\n100"
        4.times { Thread.new { loop { sleep 0.0001 } } }
        RubyProf.start
        3.times do
          Thread.new { Process.wait(fork { RubyProf.stop; #{waiting} }) }.join
        end
        RubyProf.stop
      RUBY
    end
  end

  it "does not let them wait for other Ractors" do
    expect(output_of(<<~RUBY)).to eq "[true, []]"
      until_then = Process.clock_gettime(Process::CLOCK_MONOTONIC) + 0.5
      ractor = Ractor.new(until_then) do |time|
        work = -> { nil while Process.clock_gettime(Process::CLOCK_MONOTONIC) < time }
        2.times.map { Thread.new(&work) }.each(&:join)
      end
      profile = RubyProf.profile { sleep 0.5 }
      ractor.respond_to?(:value) ? ractor.value : ractor.take
      p [profile.threads.sum(&:wait_time) < 0.2, Child.faults(profile)]
    RUBY
  end
end
