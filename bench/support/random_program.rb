# frozen_string_literal: true

module Bench
  # A program made by chance: methods that call each other, never in a circle, and a helper for each that does
  # its work in a loop. Helpers do sums, strings, arrays, and calls of tiny methods. The same seed writes the same
  # program.
  #
  # One helper is picked to be made faster: +changed+ is the same program with a known part of that helper's
  # turns left out. Turns are many, so that entering a helper is next to nothing of it.
  class RandomProgram
    # What a turn of a helper does, and roughly how many nanoseconds that takes.
    TURNS = {
      "x = (x * 31 + i) & 0xffff" => 90,
      "x += (i * 3 & 7) - (i >> 1)" => 120,
      "x += TEXT[i & 15, 8].bytesize" => 110,
      "x += \"key\#{i & 63}\".size" => 130,
      "x += TEXT.index(\"w\", i & 7)" => 110,
      "x += [i, x & 255, 3].max" => 70,
      "x += LIST.sum { |value| value & i }" => 600,
      "x += LIST.include?(i & 31) ? 1 : 2" => 110,
      "x += LIST.map { |value| value + i }.size" => 600,
      "x += tiny(i)" => 70,
      "x = twice(i) { |value| x + value } & 0xffff" => 160,
      "x += weight" => 50,
      "x += (TABLE[i & 7] || 1)" => 70
    }.freeze
    METHODS = (6..12)
    CALLEES = (0..3)
    REPEATS = [1, 1, 2, 3, 5].freeze
    LOOP = [60, 80, 120, 200].freeze
    # The parts of a helper's turns that may be left out.
    PARTS = [Rational(1, 2), Rational(3, 5), Rational(3, 4)].freeze
    # A method that one run of the root calls more often than this calls nothing but what nobody calls yet.
    MOST_CALLS = 15
    # Nanoseconds that the whole is to take, roughly.
    TARGET = 2e6
    # What is less than this share of the program would be lost in the noise of bare runs.
    LEAST_SHARE = 0.2

    attr_reader :seed, :picked, :part

    def initialize(seed, target: TARGET)
      @seed = seed
      @random = Random.new(seed)
      @count = @random.rand(METHODS)
      @helpers = Array.new(@count) { helper }
      @calls = [1] + ([0] * (@count - 1))
      @callees = Array.new(@count) { |number| callees(number) }
      @runs = [(target / costs.sum).ceil, 1].max
      @picked = pick
      @part = PARTS.sample(random: @random)
    end

    def original = source("Original#{seed}", Rational(0))
    def changed = source("Changed#{seed}", @part)

    # The helper that is made faster, as profiles name it.
    def picked_name = "Original#{seed}#work#{picked}"

    private

    def helper
      lines = TURNS.keys.sample(@random.rand(1..3), random: @random)
      { lines:, turns: LOOP.sample(random: @random) }
    end

    # Later ones only, so that calls end. Counts meanwhile how often one run of the root calls each.
    def callees(number)
      busy = @calls[number] > MOST_CALLS
      later = ((number + 1)...@count).to_a
      chosen = busy ? [] : later.sample(@random.rand(CALLEES), random: @random)
      chosen |= [number + 1] if @calls[number + 1]&.zero?
      chosen.to_h do |callee|
        repeats = busy ? 1 : REPEATS.sample(random: @random)
        @calls[callee] += @calls[number] * repeats
        [callee, repeats]
      end
    end

    def costs
      @costs ||= @helpers.zip(@calls).map do |helper, calls|
        calls * helper[:turns] * (30 + helper[:lines].sum { |line| TURNS.fetch(line) })
      end
    end

    # Not the root.
    def pick
      candidates = (1...@count).select { |number| costs[number] >= LEAST_SHARE * costs.sum }
      candidates = [(1...@count).max_by { |number| costs[number] }] if candidates.empty?
      candidates.sample(random: @random)
    end

    def source(name, part)
      methods = (0...@count).map { |number| method_source(number, number == picked ? part : 0) }
      <<~RUBY
        class #{name}
          TEXT = "the quick brown fox jumps over the lazy dog, twice"
          LIST = [3, 1, 4, 1, 5, 9, 2, 6].freeze
          TABLE = { 1 => 2, 3 => 4, 5 => 6 }.freeze
          attr_reader :weight
          def initialize = @weight = 3
          def tiny(number) = number & 7
          def twice(number) = yield(number) + yield(1)

          def run
            sum = 0
            #{@runs}.times { |turn| sum += step0(turn) }
            sum
          end

        #{methods.join("\n")}
        end
      RUBY
    end

    def method_source(number, part)
      calls = @callees[number].flat_map { |callee, repeats| ["x += step#{callee}(x & 15)"] * repeats }
      turns = (@helpers[number][:turns] * (1 - part)).to_i
      <<~RUBY.gsub(/^(?=.)/, "  ")
        def step#{number}(x)
          x += work#{number}(x)
        #{calls.map { |call| "  #{call}" }.join("\n")}
          x & 0xffff
        end

        def work#{number}(x)
          i = 0
          while i < #{turns}
        #{@helpers[number][:lines].map { |line| "    #{line}" }.join("\n")}
            i += 1
          end
          x & 0xffff
        end
      RUBY
    end
  end
end
