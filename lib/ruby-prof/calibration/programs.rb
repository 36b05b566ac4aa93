# frozen_string_literal: true

module RubyProf
  module Calibration
    # What is run bare and traced. Methods are called in turn, as programs do, and one alone, as their inner loops do.
    module Programs # :nodoc:
      # Of each kind in a round: half a millisecond of them.
      CALLS = 8_192
      # Fibers that go on.
      SWITCHES = 512
      # Call paths that are made in a row.
      DEPTH = 256
      # Of which the median counts.
      ROUNDS = 7
      # The same where known costs are looked at again: a tenth of a millisecond.
      SAMPLE = 1_024
      SAMPLES = 3
      # Methods in Ruby that are called in turn.
      TURNS = 16
      # Functions in C that do next to nothing and make no objects. The first two of them are called in inner loops.
      C_CALLS = %w[number.pred text.ord number.bit_length text.hash list.include?(1) number.abs list.first number.hash].freeze

      class << self
        def none(calls)
          turn = 0
          turn += 1 while turn < calls
        end

        def one_ruby(calls)
          turn = 0
          while turn < calls
            callee0
            turn += 1
          end
        end

        TURNS.times { |number| class_eval("def callee#{number} = nil", __FILE__, __LINE__) }

        class_eval <<~RUBY, __FILE__, __LINE__ + 1
          def many_ruby(calls)
            turn = 0
            while turn < calls
              #{Array.new(TURNS) { |number| "callee#{number}" }.join("; ")}
              turn += #{TURNS}
            end
          end

          def many_c(calls)
            turn = 0
            number = 7
            text = "text"
            list = [1]
            while turn < calls
              #{C_CALLS.join("; ")}
              turn += #{C_CALLS.size}
            end
          end

          def few_c(calls)
            turn = 0
            number = 7
            text = "text"
            while turn < calls
              #{(C_CALLS.first(2) * 4).join("; ")}
              turn += 8
            end
          end
        RUBY

        # Instructions that the VM runs without a call, unless operators are counted: then each is a call in C. The loop has two more
        # a turn.
        def operators(calls)
          turn = 0
          number = 7
          list = [1]
          result = nil
          while turn < calls
            result = number + 1
            result = number - 1
            result = number * 3
            result = number & 1
            result = list[0]
            result = number == 1
            turn += 8
          end
          result
        end

        # In eight lines, which are counted apart; half of them by functions in C, whose callers have the line.
        def objects(calls)
          turn = 0
          text = "text"
          list = [1, 2, 3]
          object = nil
          while turn < calls
            object = [turn]
            object = ::Object.new
            object = { turn => turn }
            object = text.upcase
            object = [turn]
            object = list.reverse
            object = "#{text}\n"
            object = text.reverse
            turn += 8
          end
          object
        end

        # Two fibers take turns.
        def switches(calls)
          turn = 0
          other = ::Fiber.new(blocking: true) { ::Fiber.yield while turn < calls }
          while turn < calls
            other.resume
            turn += 2
          end
          other.resume
        end

        # Makes a call path for each level the first time, and none the second time.
        def once = down(DEPTH)

        def twice
          down(DEPTH)
          down(DEPTH)
        end

        def down(levels)
          down(levels - 1) if levels > 0 # rubocop:disable Style/NumericPredicate
        end

        # Each round has call paths of its own, and so times of its own.
        ROUNDS.times do |number|
          class_eval(<<~RUBY, __FILE__, __LINE__ + 1)
            def round#{number}
              one_ruby(CALLS)
              many_ruby(CALLS)
              few_c(CALLS)
              many_c(CALLS)
              operators(CALLS)
              once
              twice
            end
          RUBY
        end

        ROUNDS.times do |number|
          class_eval("def made#{number} = objects(CALLS)", __FILE__, __LINE__)
          class_eval("def switched#{number} = switches(SWITCHES)", __FILE__, __LINE__)
        end

        SAMPLES.times do |number|
          class_eval(<<~RUBY, __FILE__, __LINE__ + 1)
            def sample#{number}
              one_ruby(SAMPLE)
              many_ruby(SAMPLE)
              few_c(SAMPLE)
              many_c(SAMPLE)
            end
          RUBY
        end
      end
    end
    private_constant :Programs
  end
end
