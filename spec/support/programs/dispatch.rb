# frozen_string_literal: true

# Ways to call.
module Programs
  class Target
    def initialize
      @value = 1
    end

    def public_method(argument = nil, *)
      block_given? ? yield(argument) : argument
    end

    def [](index)
      index
    end

    def to_proc
      method(:public_method).to_proc
    end

    private

    def private_method
      @value
    end
  end

  define("send, public_send, Method and Proc", group: :dispatch) do
    target = Target.new
    target.send(:private_method)
    target.__send__(:public_method, 1)
    target.public_send(:public_method, 2) { |argument| argument.succ }
    target.method(:public_method).call(3)
    target.method(:public_method).unbind.bind(target).call(4)
    Target.instance_method(:[]).bind_call(target, 5)
    [6, 7].map(&target)
    [8, 9].each_with_index.map(&:+)
    (proc { |n| n.to_s } >> :upcase.to_proc).call(10)
    target.then { |it| it[11] }
    target.tap { |it| it[12] }
    ->(n) { n.to_s }.curry[13]
    begin
      target.public_send(:private_method)
    rescue NoMethodError => e
      e.name
    end
  end

  define("instance_exec, class_eval, eval, binding", group: :dispatch) do
    target = Target.new
    target.instance_exec(1) { |n| private_method + n }
    target.instance_eval { private_method }
    target.instance_eval("private_method")
    number = 41
    eval("number + 1")
    binding.eval("number.to_s")
    number.to_s
    binding.local_variable_get(:number)
    Target.class_exec { instance_methods(false).size }
    Class.new { class_eval "def evaluated = 1" }.new.evaluated
    target.instance_variable_get(:@value)
  end

  module Recursion
    module_function

    def factorial(number)
      number < 2 ? 1 : number * factorial(number - 1)
    end

    def even(number)
      number.zero? || odd(number - 1)
    end

    def odd(number)
      !number.zero? && even(number - 1)
    end

    def ackermann(one, two)
      return two + 1 if one.zero?
      return ackermann(one - 1, 1) if two.zero?

      ackermann(one - 1, ackermann(one, two - 1))
    end

    def walk(list)
      list.each { |each| each.is_a?(Array) ? walk(each) : each.to_s }
    end
  end

  define("recursion, direct, mutual and through a C method", group: :dispatch) do
    Recursion.factorial(12)
    Recursion.even(7)
    Recursion.ackermann(2, 2)
    Recursion.walk([1, [2, [3, []]], [4]])
  end

  define("operators and accessors", group: :dispatch) do
    holder = Class.new { attr_accessor :value }.new
    holder.value = 0
    10.times do |n|
      holder.value += n * 2 % 3
      holder.value -= 1 if n > 5 && !(n == 7)
    end
    [holder.value <=> 3, -holder.value, [1] + [2], +"a" << "b", { a: 1 }[:a], nil.nil?, "x" =~ /x/, 2**8, 7.fdiv(2)]
  end
end
