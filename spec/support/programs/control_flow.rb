# frozen_string_literal: true

# Ways to leave a call before its end.
module Programs
  module Leaving
    class Failed < StandardError
      def initialize(message = "failed")
        super
      end
    end

    module_function

    def fail_deeply(depth)
      depth.zero? ? raise(Failed) : fail_deeply(depth - 1)
    end

    def rescued
      fail_deeply(3)
    rescue ArgumentError, Failed => e
      e.message
    else
      :never
    ensure
      ensured
    end

    def ensured
      :ensured
    end

    def retried
      tries = 0
      begin
        tries += 1
        raise Failed, "again" if tries < 3

        tries
      rescue Failed
        retry
      end
    end

    def thrown
      catch(:done) do
        10.times { |n| throw_at(n) }
        :never
      end
    end

    def throw_at(number)
      throw :done, number if number == 2
      number.succ
    end

    def returned
      [1, 2, 3].each { |n| [n].map { |m| return m if m == 2 } }
      :never
    end

    def broken
      [1, 2, 3].each { |n| break n.to_s if n == 2 }
    end

    def nexted
      [1, 2, 3].map { |n| next if n.odd?; n.to_s }
    end

    def redone
      tries = 0
      [1].each { |n| redo if (tries += n) < 3 }
    end

    def lambda_return
      -> { return ensured }.call
    end

    def block_from_method(&block)
      [1, 2].each(&block)
    ensure
      ensured
    end

    def broken_through_methods
      block_from_method { |n| break n if n == 1 }
    end

    def wrapped
      fail_deeply(1)
    rescue Failed
      begin
        raise ArgumentError, "wrapped"
      rescue ArgumentError => e
        e.cause.class
      end
    end

    def raised_in_c
      [Integer("x"), 1]
    rescue ArgumentError
      {}.fetch(:missing) rescue :rescued
    end

    def raised_through_alias
      [3, 1].sort_by { |n| n == 1 ? raise(Failed) : n }
    rescue Failed
      [1].collect { |n| raise Failed, n.to_s } rescue :rescued
    end
  end

  define("raise, rescue, ensure, retry", group: :control_flow) do
    Leaving.rescued
    Leaving.retried
    Leaving.wrapped
    Leaving.raised_in_c
    Leaving.raised_through_alias
  end

  define("throw, break, next, redo, return", group: :control_flow) do
    Leaving.thrown
    Leaving.returned
    Leaving.broken
    Leaving.nexted
    Leaving.redone
    Leaving.lambda_return
    Leaving.broken_through_methods
    loop { raise StopIteration }
  end
end
