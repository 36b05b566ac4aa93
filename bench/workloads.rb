# frozen_string_literal: true

require "erb"
require "psych"

module Bench
  # One thing to profile. +body+ takes a size, does the same work each time it is called with it, and
  # returns a value that proves so. +size+ is 50 to 100 ms of bare Ruby; +small+ is for smoke runs
  # and for running under valgrind.
  Workload = Struct.new(:name, :title, :size, :small, :body, keyword_init: true)

  # The quadratic example: scale_factor walks all scores, once for each of them.
  class ScoreMap
    def initialize(scores)
      @scores = scores
    end

    def serialize
      to_int_array.flatten.pack("l*")
    end

    def to_int_array
      @scores.map { |item, score| [item, (score / (scale_factor + 1)).to_i] }
    end

    def scale_factor
      @scores.values.max_by(&:abs).abs / 1000.0
    end
  end

  # A small object, written through its writers.
  class Particle
    attr_reader :place
    attr_writer :place, :speed

    def initialize(place)
      @place = place
      @speed = 0
    end

    def moved_by(step)
      Particle.new(@place).tap do |particle|
        particle.speed = step
        particle.place = place + step
      end
    end
  end

  # Ruby calls and integer operators, nothing else.
  module Fib
    def self.fib(number)
      number < 2 ? number : fib(number - 1) + fib(number - 2)
    end
  end

  PAGE = ERB.new(<<~HTML, trim_mode: "-")
    <table>
    <%- rows.each do |row| -%>
      <tr class="<%= row[:id].odd? ? "odd" : "even" %>">
        <td><%= row[:id] %></td><td><%= ERB::Util.html_escape(row[:name]) %></td>
        <td><%= format("%.2f", row[:price]) %></td>
      </tr>
    <%- end -%>
    </table>
  HTML

  ROWS = Array.new(200) { |id| { id: id, name: "<item> & #{id}", price: id * 1.25 } }.freeze

  DOCUMENT = Array.new(20) do |id|
    { "id" => id, "name" => "item #{id}", "tags" => %w[red green blue], "price" => id / 4.0,
      "place" => { "street" => "Main Street", "number" => id, "gate" => nil, "open" => true } }
  end.freeze

  WORKLOADS = [
    Workload.new(
      name: "score_map", title: "ScoreMap, quadratic (C calls)", size: 950, small: 150,
      body: lambda do |size|
        random = Random.new(42)
        scores = Array.new(size) { |item| [item, random.rand(-1e6..1e6)] }.to_h
        ScoreMap.new(scores).serialize.sum
      end
    ),
    Workload.new(
      name: "fib", title: "fib (Ruby calls, operators)", size: 29, small: 17,
      body: ->(size) { Fib.fib(size) }
    ),
    Workload.new(
      name: "objects", title: "small objects, writers, blocks", size: 300_000, small: 3_000,
      body: lambda do |size|
        particle = Particle.new(0)
        size.times { |step| particle = particle.moved_by(step) }
        particle.place
      end
    ),
    Workload.new(
      name: "erb", title: "ERB render", size: 160, small: 4,
      body: lambda do |size|
        Array.new(size) { PAGE.result_with_hash(rows: ROWS).bytesize }.sum
      end
    ),
    Workload.new(
      name: "psych", title: "Psych dump + load", size: 30, small: 1,
      body: lambda do |size|
        Array.new(size) { Psych.safe_load(Psych.dump(DOCUMENT)).size }.sum
      end
    ),
    Workload.new(
      name: "c_calls", title: "eight C calls in a loop", size: 200_000, small: 4_000,
      body: lambda do |size|
        text = "eight"
        list = [3, 1, 2]
        table = { 1 => 2 }
        size.times do |number|
          text.getbyte(1)
          text.bytesize
          list.include?(1)
          list.at(2)
          table.key?(number)
          number.gcd(12)
          number.bit_length
          text.hash
        end
      end
    )
  ].freeze
end
