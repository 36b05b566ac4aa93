# frozen_string_literal: true

require "json"
require "optparse"
require "rbconfig"

module Bench
  # The options all benches share. A bench adds its own in the block.
  class Options
    attr_accessor :rounds, :reps, :ruby, :smoke, :json, :c_calls, :operators, :compare, :only, :clock

    def self.parse(argv = ARGV.dup)
      options = new
      parser = OptionParser.new { |definition| options.shared(definition) }
      yield parser, options if block_given?
      parser.parse!(argv)
      abort "#{parser.program_name}: what is #{argv.first}?\n#{parser}" unless argv.empty?
      options.settle
    rescue OptionParser::ParseError => e
      abort "#{File.basename($PROGRAM_NAME)}: #{e.message}"
    end

    def initialize
      @rounds = 7
      @ruby = RbConfig.ruby
      @c_calls = true
      @operators = true
      @compare = true
      @only = []
      @clock = "cpu"
    end

    def shared(parser)
      parser.on("--rounds N", Integer, "interleaved rounds (7)") { |number| @rounds = number }
      parser.on("--smoke", "only see that it works: small, no judgement") { @smoke = true }
      parser.on("--ruby PATH", "the Ruby to measure with") { |path| @ruby = path }
      parser.on("--json FILE", "write the raw figures too") { |path| @json = path }
    end

    def settle
      @rounds = @reps = 1 if @smoke
      self
    end

    # The command as the reader would repeat it.
    def command
      ["ruby", "bench/#{File.basename($PROGRAM_NAME)}", *ARGV].join(" ")
    end

    def save(figures)
      return unless @json

      File.write(@json, JSON.pretty_generate(figures))
      puts "raw figures: #{@json}"
    end
  end
end
