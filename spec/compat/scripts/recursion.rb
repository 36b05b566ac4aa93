# frozen_string_literal: true

def compat_factorial(number)
  number < 2 ? 1 : number * compat_factorial(number - 1)
end

def compat_even(number)
  number.zero? || compat_odd(number - 1)
end

def compat_odd(number)
  !number.zero? && compat_even(number - 1)
end

compat_factorial(8)
compat_even(5)
