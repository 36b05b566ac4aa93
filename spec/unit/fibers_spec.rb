# frozen_string_literal: true

RSpec.describe "Fibers" do
  module FiberFixtures
    class Task
      def fiber
        Fiber.new do
          work(1)
          Fiber.yield
          work(2)
        end
      end

      def work(time)
        ManualClock.advance(time)
      end
    end

    TASK = Task.new
  end

  def threads_by_fiber(recorded)
    recorded.threads.to_h { |thread| [thread.fiber_id, thread] }
  end

  it "have a thread each, with the ids of both" do
    fiber = FiberFixtures::TASK.fiber
    recorded = profile { fiber.resume }
    main, other = recorded.threads
    expect([main.id, other.id]).to eq [Thread.current.object_id] * 2
    expect(main.fiber_id).to eq Fiber.current.object_id
    expect(other.fiber_id).to eq fiber.object_id
  end

  it "have the method their block is written in as root" do
    recorded = profile_by_hand { FiberFixtures::TASK.fiber.resume }
    expect(recorded.threads.last.call_tree.target.full_name).to eq "FiberFixtures::Task#fiber"
    expect(recorded.threads.last.call_tree.called).to eq 1
  end

  it "wait while the other runs, each exactly as long" do
    fiber = FiberFixtures::TASK.fiber
    recorded = profile_by_hand do
      ManualClock.advance(10)
      fiber.resume
      ManualClock.advance(100)
      fiber.resume
      ManualClock.advance(1000)
    end
    main, other = recorded.threads
    expect(times(main.call_tree)).to eq total: 1113, self: 1110, wait: 3, children: 0
    expect(times(other.call_tree)).to eq total: 103, self: 0, wait: 100, children: 3
    expect([main, other].map { |thread| (thread.wait_time * 1e9).round }).to eq [3, 100]
    expect((other.total_time * 1e9).round).to eq 103
  end

  it "let the method wait that switches" do
    recorded = profile_by_hand(c_calls: true) { FiberFixtures::TASK.fiber.resume }
    expect(times(method_info(recorded.threads.first, "Fiber#resume"))).to include total: 1, self: 0, wait: 1
  end

  it "end where they were left, if they are never resumed" do
    recorded = profile_by_hand do
      FiberFixtures::TASK.fiber.resume
      ManualClock.advance(5000)
    end
    expect((recorded.threads.last.total_time * 1e9).round).to eq 1
  end

  it "have methods of their own" do
    recorded = profile_by_hand do
      FiberFixtures::TASK.work(1)
      FiberFixtures::TASK.fiber.tap(&:resume).resume
    end
    work = recorded.threads.map { |thread| method_info(thread, "FiberFixtures::Task#work") }
    expect(work.map(&:called)).to eq [1, 2]
  end

  it "are recorded when made before the profile starts and resumed within" do
    fiber = FiberFixtures::TASK.fiber
    fiber.resume
    recorded = profile_by_hand { fiber.resume }
    expect(calls_of(recorded, "FiberFixtures::Task#work")).to eq 1
    expect(threads_by_fiber(recorded)).to include fiber.object_id
  end

  it "are told apart although they come one after another" do
    recorded = profile { 50.times { Fiber.new { 1.to_s }.resume } }
    expect(recorded.threads.size).to eq 51
    expect(recorded.threads.map(&:fiber_id).uniq.size).to eq 51
    expect(calls_of(recorded, "Integer#to_s")).to eq 50
  end

  it "may start and stop a profile, also across a yield" do
    recorded = by_hand
    fiber = Fiber.new do
      recorded.profile do
        FiberFixtures::TASK.work(1)
        Fiber.yield
        FiberFixtures::TASK.work(2)
      end
    end
    fiber.resume
    FiberFixtures::TASK.work(10)
    fiber.resume
    by_fiber = threads_by_fiber(recorded)
    expect(calls_of(recorded, "FiberFixtures::Task#work")).to eq 3
    expect(method_info(by_fiber.fetch(fiber.object_id), "FiberFixtures::Task#work").called).to eq 2
    expect((by_fiber.fetch(fiber.object_id).wait_time * 1e9).round).to eq 10
  end
end
