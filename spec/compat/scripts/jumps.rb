# frozen_string_literal: true

def compat_leave(list)
  list.each { |each| return each if each == 2 }
end

def compat_fail(depth)
  depth.zero? ? raise(ArgumentError, "deep") : compat_fail(depth - 1)
end

compat_leave([1, 2, 3])
catch(:done) { [1].each { throw :done } }
begin
  compat_fail(3)
rescue ArgumentError => e
  e.message
ensure
  [1, 2].first
end
[1, 2, 3].each { |n| break if n == 2 }
