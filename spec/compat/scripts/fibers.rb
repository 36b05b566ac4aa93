# frozen_string_literal: true

def compat_fiber
  Fiber.new do |n|
    n.to_s
    Fiber.yield n.succ
    n.pred
  end
end

fiber = compat_fiber
fiber.resume(1)
fiber.resume
enumerator = [1, 2].each
enumerator.next
enumerator.next
Thread.new { 3.to_s }.join
