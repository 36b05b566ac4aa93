# frozen_string_literal: true

# One MethodInfo for each owner and called name, and no two methods in one.
RSpec.describe RubyProf::MethodInfo, "identity" do
  module IdentityFixtures
    class Both
      def self.act
        :class
      end

      def act
        :instance
      end

      alias perform act
      define_method(:blocky) { :block }
      alias_method :blocky_too, :blocky
    end

    class Base
      def self.build(*)
        new
      end

      def greet
        :base
      end
    end

    class Derived < Base
      def self.build(*)
        super
      end

      def greet
        super
      end
    end

    module Functions
      module_function

      def function
        :function
      end
    end

    class WithFunctions
      include Functions

      def call_function
        function
      end
    end

    module Wrapper
      def greet
        super
      end
    end

    class Wrapped < Base
      prepend Wrapper

      def greet
        super
      end
    end

    module Refinement
      refine Base do
        def greet
          [:refined, super]
        end
      end
    end

    module UsesRefinement
      using Refinement

      def self.greet
        Base.new.greet
      end
    end

    Item = Struct.new(:name)
  end

  def counts(&block)
    methods = profile(&block).threads.first.methods
    methods.to_h { |method| [method.full_name, [method.called, method.klass_flags]] }
  end

  prefix = "IdentityFixtures::"

  it "keeps Foo.bar and Foo#bar apart" do
    found = counts { 3.times { IdentityFixtures::Both.act } && IdentityFixtures::Both.new.act }
    expect(found).to include "<Class::#{prefix}Both>#act" => [3, 2], "#{prefix}Both#act" => [1, 0]
  end

  it "names an alias as it was called" do
    found = counts { IdentityFixtures::Both.new.tap { |both| both.act && both.perform && both.perform } }
    expect(found).to include "#{prefix}Both#act" => [1, 0], "#{prefix}Both#perform" => [2, 0]
  end

  it "names methods made by define_method, and their aliases" do
    found = counts { IdentityFixtures::Both.new.tap { |both| both.blocky && both.blocky_too } }
    expect(found).to include "#{prefix}Both#blocky" => [1, 0], "#{prefix}Both#blocky_too" => [1, 0]
  end

  it "counts a method and the one it overrides each for itself, and neither as recursive" do
    recorded = profile { IdentityFixtures::Derived.build.greet }
    names = ["<Class::#{prefix}Derived>#build", "<Class::#{prefix}Base>#build", "#{prefix}Derived#greet", "#{prefix}Base#greet"]
    methods = names.map { |name| method_info(recorded, name) }
    expect(methods.map(&:called)).to eq [1, 1, 1, 1]
    expect(methods.map(&:recursive?)).to all be(false)
  end

  it "counts a singleton method that calls super apart from the class's method" do
    object = IdentityFixtures::Base.new
    def object.greet
      super
    end
    recorded = profile { object.greet }
    singleton = method_info(recorded, "<Object::#{prefix}Base>#greet")
    inherited = method_info(recorded, "#{prefix}Base#greet")
    expect([singleton, inherited].map(&:called)).to eq [1, 1]
    expect([singleton, inherited].map(&:recursive?)).to eq [false, false]
    expect(singleton.klass_flags).to eq RubyProf::MethodInfo::OBJECT_SINGLETON
  end

  it "keeps a module function apart from the instance method of the same name" do
    found = counts do
      2.times { IdentityFixtures::Functions.function }
      IdentityFixtures::WithFunctions.new.call_function
    end
    expect(found).to include "<Module::#{prefix}Functions>#function" => [2, 4], "#{prefix}Functions#function" => [1, 0]
  end

  it "names a prepended module's method by the module" do
    found = counts { IdentityFixtures::Wrapped.new.greet }
    expect(found).to include "#{prefix}Wrapper#greet" => [1, 0], "#{prefix}Wrapped#greet" => [1, 0], "#{prefix}Base#greet" => [1, 0]
  end

  it "keeps a refined method apart from the one it refines" do
    found = counts { IdentityFixtures::UsesRefinement.greet }
    expect(found).to include "#{prefix}Base#greet" => [1, 0]
    expect(found.keys.grep(/\A#<Refinement:0x\h+>#greet\z|\A#<refinement:.*>#greet\z/).size).to eq 1
  end

  it "names the methods of an included module and of Kernel by the module" do
    found = counts { [IdentityFixtures::Item.new("b")].map(&:frozen?) && [1].each_entry.to_a }
    expect(found.keys).to include "Kernel#frozen?", "Enumerable#each_entry"
  end

  it "names a Struct's constructor by its singleton" do
    found = counts { IdentityFixtures::Item.new("a") }
    expect(found).to include "<Class::#{prefix}Item>#new" => [1, 2]
  end

  it "keeps two classes of one name apart" do
    classes = Array.new(2) do
      Class.new do
        def twin; end
      end
    end
    recorded = profile do
      classes.each_with_index do |twin, index|
        stub_const("IdentityFixtures::Twin", twin)
        (index + 1).times { twin.new.twin }
      end
    end
    twins = recorded.threads.first.methods.select { |method| method.method_name == :twin }
    expect(twins.map(&:called)).to contain_exactly 1, 2
  end

  it "names an anonymous class and its singleton by address" do
    anonymous = Class.new do
      def self.build = new
      def act = nil
    end
    address = Kernel.instance_method(:to_s).bind_call(anonymous)
    found = counts { anonymous.build.act }
    expect(found).to include "#{address}#act" => [1, 0], "<Class::#{address}>#build" => [1, 2]
  end

  it "names the singleton of anything but a plain object by address" do
    list = [1]
    def list.second
      self[1]
    end
    found = profile { list.second }.threads.first.methods.find { |method| method.method_name == :second }
    expect(found.klass_flags).to eq RubyProf::MethodInfo::OTHER_SINGLETON
    expect(found.full_name).to match(/\A#<Class:0x\h+>#second\z/)
  end

  it "keeps the singletons of a hundred objects apart" do
    objects = Array.new(100) { Object.new.tap { |object| def object.single = nil } }
    recorded = profile { objects.each(&:single) }
    singles = recorded.threads.first.methods.select { |method| method.method_name == :single }
    expect(singles.size).to eq 100
    expect(singles.map(&:full_name).uniq).to eq ["<Object::Object>#single"]
  end

  it "counts every call of thousands of singletons, though not each for itself", stress: false do
    recorded = profile { 3000.times { Object.new.tap { |object| def object.single = nil }.single } }
    expect(calls_of(recorded, "<Object::Object>#single")).to eq 3000
  end
end
