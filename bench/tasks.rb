# frozen_string_literal: true

require "digest"
require "json"
require_relative "workloads"

module Bench
  # Nine things that programs do, each a method of its own, so that a profile says what share of the time
  # it took. Tracing slows some of them hardly at all and others fifty times: whoever reports shares as they
  # are while tracing tells a story about the tracer. +scale+ 1 is some 30 ms of bare Ruby each.
  class Tasks
    NAMES = %i[arithmetic fib score_map json sort_by sub erb sha256 objects].freeze
    TITLES = { arithmetic: "arithmetic loop", fib: "fib", score_map: "ScoreMap", json: "JSON", sort_by: "sort_by",
               sub: "String#sub", erb: "ERB", sha256: "SHA256", objects: "small objects" }.freeze

    def initialize(scale)
      @scale = scale
      random = Random.new(42)
      @scores = Array.new(times(550)) { |item| [item, random.rand(-1e6..1e6)] }.to_h
      @records = Array.new(times(11_000)) { |id| { id: id, name: "name #{random.rand(100_000)}", price: random.rand } }
      @lines = Array.new(times(27_000)) { |id| "GET /items/#{id}/parts/#{random.rand(1000)} HTTP/1.1" }
      @blob = random.bytes(1 << 16)
    end

    def arithmetic
      sum = 0
      index = 0
      limit = times(1_200_000)
      while index < limit
        sum += index * 3 & 7
        index += 1
      end
      sum
    end

    def fib
      Array.new(times(23)) { Fib.fib(22) }.sum
    end

    def score_map
      ScoreMap.new(@scores).serialize.sum
    end

    def json
      Array.new(times(380)) { JSON.parse(JSON.generate(DOCUMENT)).size }.sum
    end

    def sort_by
      @records.sort_by { |record| [record[:name], -record[:price]] }.first[:id]
    end

    def sub
      @lines.sum { |line| line.sub(/parts\/(\d+)/) { Regexp.last_match(1) }.sub("GET", "PUT").size }
    end

    def erb
      Array.new(times(90)) { PAGE.result_with_hash(rows: ROWS).bytesize }.sum
    end

    def sha256
      Array.new(times(100)) { Digest::SHA256.hexdigest(@blob).getbyte(0) }.sum
    end

    def objects
      particle = Particle.new(0)
      times(130_000).times { |step| particle = particle.moved_by(step) }
      particle.place
    end

    private

    # Never none.
    def times(number) = [(number * @scale).round, 1].max
  end
end
