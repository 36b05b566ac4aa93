# frozen_string_literal: true

# Who owns a method: classes, modules, singletons, refinements.
module Programs
  class Version
    include Comparable
    attr_reader :numbers

    def initialize(text)
      @numbers = text.split(".").map(&:to_i)
    end

    def <=>(other)
      numbers <=> other.numbers
    end
  end

  class Shelf
    include Enumerable

    def initialize(*books)
      @books = books
    end

    def each(&block)
      @books.each(&block)
      self
    end
  end

  define("Comparable and Enumerable in a class", group: :classes) do
    versions = %w[1.10 1.9 1.2.3].map { |text| Version.new(text) }
    shelf = Shelf.new(*versions)
    [
      shelf.sort, shelf.min, shelf.max_by(&:numbers), shelf.include?(versions.last), shelf.each_slice(2).to_a,
      shelf.inject { |one, two| one > two ? one : two }, versions.first.between?(*versions.last(2)),
      versions[1].clamp(versions.last, versions.first), shelf.first, shelf.lazy.map(&:numbers).to_a
    ]
  end

  module Shouting
    refine String do
      def shout
        upcase + "!"
      end

      def to_s
        super
      end
    end

    refine Integer do
      def shout
        to_s.shout
      end
    end
  end

  module Refined
    using Shouting

    def self.call
      ["a".shout, 12.shout, "b".to_s, %w[c d].map(&:shout)]
    end
  end

  define("refinements", group: :classes) { Refined.call }

  module Polite
    def greet(name)
      "#{super}, please"
    end
  end

  module Loud
    def greet(name)
      super.upcase
    end
  end

  module Helper
    module_function

    def help
      "help"
    end
  end

  class Greeter
    prepend Polite
    extend Helper

    def self.build
      new
    end

    def greet(name)
      "hello #{name}"
    end

    define_method(:wave) { |times = 1| "wave" * times }
    define_method(:wave_again, instance_method(:wave))
    alias hail greet
    alias_method :signal, :wave
  end

  class LoudGreeter < Greeter
    include Loud

    def self.build
      super
    end

    def greet(name)
      super(name + "?")
    end

    def hail(*)
      super
    end
  end

  define("super, alias, prepend, module_function, define_method", group: :classes) do
    [Greeter.build, LoudGreeter.build].each do |greeter|
      greeter.greet("you")
      greeter.hail("you")
      greeter.wave
      greeter.signal(2)
      greeter.wave_again
    end
    Helper.help
    Greeter.send(:help)
  end

  class Ghost
    def method_missing(name, *arguments)
      return super unless name.start_with?("boo")

      [name, arguments.size]
    end

    def respond_to_missing?(name, all = false)
      name.start_with?("boo") || super
    end
  end

  define("method_missing and respond_to_missing?", group: :classes) do
    ghost = Ghost.new
    ghost.boo(1)
    ghost.boo_again
    ghost.respond_to?(:boo)
    ghost.respond_to?(:other)
    ghost.method(:booed).call(3)
    begin
      ghost.other
    rescue NoMethodError
      :none
    end
  end

  Point = Struct.new(:x, :y) do
    def +(other)
      Point.new(x + other.x, y + other.y)
    end
  end
  Named = Struct.new(:name, keyword_init: true)

  define("Struct", group: :classes) do
    sum = Point.new(1, 2) + Point.new(3, 4)
    sum.x = 5
    [sum.to_a, sum == Point.new(5, 6), sum[:y], sum.each.to_a, Named.new(name: "n").to_h, sum.eql?(sum.dup), sum.hash]
  end

  define("classes and singletons made on the way", group: :classes) do
    base = Class.new do
      def self.inherited(heir)
        super
        heir.singleton_class.send(:attr_accessor, :setting)
      end

      def name
        "instance"
      end
    end
    heir = Class.new(base) { self.setting = 1 }
    object = heir.new
    def object.name
      super + " of its own"
    end
    list = [1, 2]
    def list.sum_twice
      sum + sum
    end
    object.name
    heir.setting
    list.sum_twice
    object.singleton_class.class_eval { define_method(:late) { :late } }
    object.late
    mod = Module.new do
      def self.extended(object)
        super
      end

      def extended? = true
    end
    Object.new.extend(mod).extended?
  end
end
