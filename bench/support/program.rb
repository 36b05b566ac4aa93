# frozen_string_literal: true

require_relative "floor_build"

module Bench
  # Writes a program whose call paths branch at every level: about 1,900 methods in a few dozen classes,
  # each calling one to four others with one level less to go. The same seed writes the same program.
  class Program
    CLASSES = 38
    METHODS = 50
    ENTRIES = 32
    CALLS = [1, 2, 2, 3, 3, 4].freeze
    LEVELS = 9
    SMOKE_LEVELS = 4

    # Writes the program of half a million paths (a few hundred for a smoke run); returns its file.
    def self.write(smoke: false)
      path = File.join(FloorBuild::TARGET, "maze#{"_small" if smoke}.rb")
      File.write(path, new(levels: smoke ? SMOKE_LEVELS : LEVELS).source)
      path
    end

    def initialize(levels:, seed: 42)
      @levels = levels
      @random = Random.new(seed)
      @uncalled = (0...CLASSES).to_a.product((0...METHODS).to_a).shuffle(random: @random)
    end

    def source
      ["# frozen_string_literal: true", "", *Array.new(CLASSES) { |number| class_source(number) }, main].join("\n")
    end

    private

    def class_source(number)
      methods = Array.new(METHODS) { |index| method_source(index) }
      "class Maze#{number}\n#{methods.join("\n")}\nend\n"
    end

    def method_source(index)
      <<~RUBY.gsub(/^/, "  ")
        def self.step#{index}(levels)
          return unless levels.positive?

        #{calls.map { |call| "  #{call}(levels - 1)" }.join("\n")}
        end
      RUBY
    end

    # Different ones: a second call of the same method would not be another path. The first is one that
    # nobody calls yet, so that every method is called from somewhere.
    def calls
      wanted = CALLS.sample(random: @random)
      chosen = [name(*@uncalled.pop)]
      chosen |= [target] while chosen.size < wanted
      chosen
    end

    def target = name(@random.rand(CLASSES), @random.rand(METHODS))
    def name(number, index) = "Maze#{number}.step#{index}"

    def main
      entries = Array.new(ENTRIES) { target }.uniq
      <<~RUBY
        module Maze
          def self.run
        #{entries.map { |entry| "    #{entry}(#{@levels})" }.join("\n")}
          end
        end
      RUBY
    end
  end
end
