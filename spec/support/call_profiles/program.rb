# frozen_string_literal: true

require "forwardable"

# A program whose calls are the same on every Ruby, though Ruby's own methods are written in C or in Ruby by turns.
module CallProfileProgram
  class Version
    include Comparable
    extend Forwardable
    attr_reader :number
    attr_accessor :label
    def_delegator :@parts, :first, :major

    def self.parse(text) = new(text.split(".").map { |part| Integer(part) })

    def initialize(parts)
      @parts = parts
      @number = weigh(parts)
    end

    def <=>(other) = number <=> other.number

    define_method(:weigh) { |parts| parts.inject(0) { |sum, part| add(sum, part) } }

    def add(sum, part) = (sum * 100) + part

    def to_s = @parts.join(".")

    %w[old new].each { |word| class_eval("def #{word}?() = check(#{word.inspect})", __FILE__, __LINE__) }

    def check(word) = word.size > number
  end

  class Shelf
    def initialize = @versions = []

    def each(&block) = @versions.each { |version| block.call(version) }
    include Enumerable

    def fill
      3.times { |n| put(Version.parse("1.#{n}")) }
      1.upto(2) { |n| put(Version.parse("2.#{n}")) }
      tap { |shelf| shelf.count }
      loop { break touch }
      self.then { touch }
    end

    def put(version)
      @versions << version
      version.label = "new"
    end

    def touch = @versions.each_with_index { |version, index| twice { note(version, index) } }

    def twice
      yield
      yield
    end

    def note(version, index) = version.major.to_s + index.to_s

    def order
      @versions.sort
      @versions.sort { |one, other| compare(one, other) }
      @versions.sort_by(&:number)
      @versions.map(&:to_s)
      @versions.max_by { |version| version.number }
      @versions.select { |version| version.old? || version.new? }
      select(&:old?)
      "#{@versions.first}"
    end

    def compare(one, other) = one <=> other

    def lazily
      fiber = Fiber.new { 3.times { |n| Fiber.yield(yielded(n)) } }
      4.times { fiber.resume }
      each_slice(2).to_a
      @versions.each.next
    end

    def yielded(number) = number

    def method_missing(name, *arguments)
      name.end_with?("!") ? shout(name) : super
    end

    def respond_to_missing?(name, private = false) = name.end_with?("!") || super

    def shout(name) = catch(:done) { throw :done, name }

    def raising
      risky
    rescue ArgumentError
      recover
    ensure
      clean
    end

    def risky = raise(ArgumentError, "no")
    def recover = 1
    def clean = Class.new { def sweep = 1 }.new.sweep
  end

  def self.call
    shelf = Shelf.new
    shelf.fill
    shelf.order
    shelf.lazily
    shelf.hello!
    shelf.raising
  end
end
