# frozen_string_literal: true

# From 3.3 on Ruby tells when a thread runs and when it stops. Before, who had the last event runs.
THREADS_TELL = Gem::Version.new(RUBY_VERSION) >= Gem::Version.new("3.3")

RSpec.describe "Waiting for other threads" do
  module WaitFixtures
    # A thread that does what it is asked while the other waits. They talk through pipes: without C
    # methods nothing that they do between call and return of #serve and #request is an event.
    class Server
      def initialize
        @requests, @asks = IO.pipe
        @replies, @answers = IO.pipe
      end

      def start
        @thread = Thread.new { serve }
        @replies.getbyte
        @thread
      end

      def serve
        @answers.putc(0)
        while (number = @requests.getbyte) && number.positive?
          ManualClock.advance(number)
          @answers.putc(0)
        end
      end

      def request(before, number, after)
        ManualClock.advance(before)
        ask(number)
        ManualClock.advance(after)
      end

      def ask(number)
        @asks.putc(number)
        @replies.getbyte
      end

      def quit
        @asks.putc(0)
        @thread.join
      end
    end

    module_function

    # Works until the thread had that much of a processor.
    def work(seconds)
      nil while Process.clock_gettime(Process::CLOCK_THREAD_CPUTIME_ID) < seconds
    end

    def nap(seconds)
      sleep(seconds)
    end

    def join(thread)
      thread.join
    end
  end

  let(:server) { WaitFixtures::Server.new }

  def method_times(from, name)
    times(method_info(from, name))
  end

  def spent(thread)
    thread.methods.sum(&:self_time)
  end

  describe "of which Ruby tells when they run", if: THREADS_TELL do
    it "begins and ends when the threads change, not with the next call" do
      recorded = by_hand
      recorded.profile do
        server.start
        server.request(1, 100, 10)
        server.quit
      end
      main, other = recorded.threads
      expect(method_times(main, "WaitFixtures::Server#request")).to include total: 111, self: 11, wait: 0
      expect(method_times(main, "WaitFixtures::Server#ask")).to include total: 100, self: 0, wait: 100
      expect(method_times(other, "WaitFixtures::Server#serve")).to include total: 111, self: 100, wait: 11
    end

    it "is for threads that are left out, too" do
      thread = server.start
      recorded = by_hand(exclude_threads: [thread])
      recorded.profile { server.request(1, 100, 10) }
      server.quit
      expect(recorded.threads.size).to eq 1
      expect(times(recorded.threads.first.call_tree)).to include total: 111, self: 0, wait: 0
      expect(method_times(recorded, "WaitFixtures::Server#ask")).to include total: 100, self: 0, wait: 100
    end

    it "is for threads that have done nothing else since the profile began" do
      server.start
      recorded = by_hand
      recorded.profile { server.request(1, 100, 10) }
      server.quit
      expect(method_times(recorded, "WaitFixtures::Server#ask")).to include total: 100, self: 0, wait: 100
    end

    it "does not go on while the profile is paused" do
      recorded = by_hand
      recorded.profile do
        server.start
        server.request(1, 100, 10)
        recorded.pause
        server.request(1, 50, 10)
        recorded.resume
        server.request(2, 200, 20)
        server.quit
      end
      main, other = recorded.threads
      expect(method_times(main, "WaitFixtures::Server#ask")).to include total: 300, self: 0, wait: 300
      expect(method_times(other, "WaitFixtures::Server#serve")).to include total: 333, self: 300, wait: 33
    end

    {
      "returns" => ->(server, _) { server.quit },
      "is killed" => ->(_, thread) { thread.kill.join }
    }.each do |how, quit|
      it "ends with a thread that #{how}" do
        recorded = by_hand
        recorded.profile do
          thread = server.start
          server.request(1, 100, 10)
          quit.call(server, thread)
          ManualClock.advance(1000)
        end
        expect((recorded.threads.last.total_time * 1e9).round).to eq 111
      end
    end

    it "ends with a thread, though the next one may be where that was" do
      recorded = by_hand
      recorded.profile do
        20.times do
          server = WaitFixtures::Server.new
          thread = server.start
          server.request(1, 100, 10)
          thread.kill.join
          ManualClock.advance(1000)
          server = thread = nil
          GC.start
        end
      end
      others = recorded.threads.drop(1)
      expect(others.map { |thread| nanoseconds(thread.call_tree).first }).to eq [111] * 20
    end
  end

  it "counts objects, where those are measured" do
    recorded = profile(measure_mode: RubyProf::ALLOCATIONS, c_calls: false) do
      inbox = Thread::Queue.new
      thread = Thread.new do
        inbox.pop
        100.times { Object.new }
      end
      inbox.push(1)
      WaitFixtures.join(thread)
    end
    join = method_info(recorded, "<Module::WaitFixtures>#join")
    expect(join.wait_time).to be_between(100, 120)
    expect(join.self_time).to be < 10
  end

  # Real time: only how the parts of one run compare.
  describe "that sleep" do
    it "leaves a single thread its time" do
      recorded = profile { WaitFixtures.nap(0.1) }
      nap = method_info(recorded, "Kernel#sleep")
      expect(nap.wait_time).to be < nap.total_time / 2
      expect(nap.self_time).to be > nap.total_time / 2
    end

    it "leaves all of them their time", if: THREADS_TELL do
      recorded = profile(c_calls: false) do
        thread = Thread.new { WaitFixtures.nap(0.4) }
        WaitFixtures.nap(0.2)
        WaitFixtures.join(thread)
      end
      sleeping = recorded.threads.flat_map(&:methods).select { |method| method.full_name =~ /#(nap|join)/ }
      expect(sleeping.size).to eq 3
      expect(sleeping).to all(satisfy { |method| method.wait_time < method.total_time / 2 })
    end
  end

  it "is what threads do that share a processor", if: THREADS_TELL do
    recorded = profile(c_calls: false) do
      2.times.map { Thread.new { WaitFixtures.work(0.4) } }.each(&:join)
    end
    _, one, two = recorded.threads
    [[one, two], [two, one]].each do |thread, other|
      expect(thread.wait_time).to be > spent(other) / 4
      expect(spent(thread)).to be > thread.total_time / 8
    end
  end
end
