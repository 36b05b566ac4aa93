# frozen_string_literal: true

RSpec.describe RubyProf::Thread do
  module ThreadFixtures
    # Two threads that take turns: each waits until the other has had its own.
    class Turns
      def initialize
        @requests = Thread::Queue.new
        @replies = Thread::Queue.new
      end

      def start
        Thread.new { serve(@requests.pop) }
      end

      def serve(time)
        ManualClock.advance(time)
        @replies.push(time)
      end

      def request(time)
        @requests.push(time)
        @replies.pop
      end
    end
  end

  let(:turns) { ThreadFixtures::Turns.new }

  def in_turns(recorded)
    turns = self.turns
    server = nil
    recorded.profile do
      server = turns.start
      ManualClock.advance(10)
      turns.request(100)
      ManualClock.advance(1000)
      server.join
    end
    server
  end

  it "has the thread's id, and its own fiber" do
    server = in_turns(recorded = by_hand)
    main, other = recorded.threads
    expect([main.id, other.id]).to eq [Thread.current.object_id, server.object_id]
    expect(main.fiber_id).to eq Fiber.current.object_id
  end

  it "has the method its block is written in as root" do
    in_turns(recorded = by_hand)
    expect(recorded.threads.last.call_tree.target.full_name).to eq "ThreadFixtures::Turns#start"
  end

  it "has its own counts" do
    in_turns(recorded = by_hand)
    main, other = recorded.threads
    expect(main.methods.map(&:method_name)).to include(:request)
    expect(other.methods.map(&:method_name)).to include(:start, :serve)
    expect(other.methods.map(&:method_name)).not_to include(:request)
    expect(method_info(other, "ThreadFixtures::Turns#serve").called).to eq 1
  end

  # Queue#pop is a Ruby method in some versions, and waits itself then.
  it "has the other thread's time as wait in the method that waits" do
    in_turns(recorded = by_hand)
    main, other = recorded.threads
    request = method_info(main, "ThreadFixtures::Turns#request")
    waiting = [request, *request.call_trees.callees.map(&:target)]
    expect(waiting.sum { |method| times(method)[:wait] }).to eq 100
    expect(times(request)).to include total: 100, self: 0
    expect(times(method_info(other, "ThreadFixtures::Turns#serve"))).to include total: 100, self: 100
    expect((main.total_time * 1e9).round).to eq 1110
    expect((main.wait_time * 1e9).round).to eq 100
  end

  it "has the same methods each time" do
    thread = profile { 1.to_s }.threads.first
    expect(thread.methods).to eq thread.methods
    expect(thread.methods.map(&:called)).to all(eq(1))
    expect(thread.methods.first.full_name).to eq "Profiling#profile"
  end

  it "is recorded although it was there before the profile" do
    inbox = Thread::Queue.new
    outbox = Thread::Queue.new
    thread = Thread.new { outbox.push(inbox.pop.to_s) }
    recorded = profile do
      inbox.push(3)
      outbox.pop
      thread.join
    end
    found = recorded.threads.find { |each| each.id == thread.object_id }
    expect(method_info(found, "Integer#to_s").called).to eq 1
  end

  it "is there although it still waits when the profile stops" do
    inbox = Thread::Queue.new
    ready = Thread::Queue.new
    recorded = RubyProf::Profile.new
    recorded.start
    thread = Thread.new do
      ready.push(1.to_s)
      inbox.pop
    end
    ready.pop
    Thread.pass until thread.stop?
    recorded.stop
    inbox.push(1)
    thread.join
    found = recorded.threads.find { |each| each.id == thread.object_id }
    expect(method_info(found, "Thread::Queue#pop").called).to eq 1
  end

  it "is told apart from the next, although that may be where it was" do
    recorded = profile { 20.times { Thread.new { 1.to_s }.join } }
    expect(recorded.threads.map(&:id).uniq.size).to eq 21
    expect(recorded.threads.drop(1).map { |thread| method_info(thread, "Integer#to_s").called }).to eq [1] * 20
  end

  it "may stop a profile that another started" do
    recorded = RubyProf::Profile.new
    recorded.start
    1.to_s
    Thread.new { recorded.stop }.join
    expect(recorded).not_to be_running
    expect(calls_of(recorded, "Integer#to_s")).to eq 1
  end

  it "prints ids and total" do
    thread = profile { 1.to_s }.threads.first
    expect(thread.inspect).to match(/\A#<RubyProf::Thread id: #{thread.id}, fiber_id: #{thread.fiber_id}, total_time: /)
  end
end
