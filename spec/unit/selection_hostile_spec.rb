# frozen_string_literal: true

require "method_kinds"
require "tmpdir"
require "ruby-prof/counting/selection"

# Programs that make it hard to look at them. Whatever is asked of them is a failure here.
RSpec.describe "RubyProf::Counting::Selection among hostile modules" do
  selection = RubyProf.const_get(:Counting)::Selection
  none = selection::NoMethodMatches

  # All that a look at a module may ask it, and fails.
  questions = %i[name to_s inspect == eql? equal? === hash object_id class is_a? respond_to? method_missing const_missing const_get const_defined?
                 constants autoload? instance_method instance_methods private_instance_methods method_defined? private_method_defined?
                 public_method_defined? singleton_class singleton_class? ancestors superclass attached_object < <= allocate instance_of? kind_of? method methods singleton_methods
                 send freeze dup nil? !]
  liar = lambda do |mod|
    (questions - %i[method_missing]).each { |name| mod.define_singleton_method(name) { |*| raise "#{name} was asked" } }
    mod
  end

  define_method(:found) { |*patterns| selection.new(*patterns).targets.map { |target| [target.owner, target.name].map(&:__id__) } }
  define_method(:found_one) do |*patterns|
    targets = selection.new(*patterns).targets
    expect(targets.size).to eq 1
    targets.first
  end

  around do |example|
    verbose = $VERBOSE
    $VERBOSE = nil
    example.run
  ensure
    Object.send(:remove_const, :Hostile) if Object.const_defined?(:Hostile)
    $VERBOSE = verbose
  end

  before { Object.const_set(:Hostile, Module.new) }

  it "asks nothing of them" do
    klass = Class.new do
      def work = nil
      def self.make_liar = nil
      def other = nil
      alias again work
      private :other
    end
    Hostile.const_set(:Liar, klass)
    method = klass.instance_method(:work)
    own = klass.method(:make_liar)
    Hostile.const_set(:Child, Class.new(klass) { public :other })
    liar.call(Hostile.const_get(:Child))
    liar.call(klass)
    liar.call(Hostile)
    same = BasicObject.instance_method(:equal?)

    ["Hostile::Liar#work", "Hostile::Liar#wor*", "Hostile::*#work", "**::Liar#work", /Hostile::Liar#work/, method].each do |pattern|
      expect(same.bind_call(found_one(pattern).owner, klass)).to be(true)
    end
    [own, "Hostile::Liar.make_liar", "**.make_liar", /Hostile::Liar>#make/].each { |pattern| expect(found_one(pattern).name).to eq :make_liar }
    expect(found_one("Hostile::Liar#again").name).to eq :again
    expect(selection.new(klass).targets.map(&:name)).to include(:again, :other, :work, :make_liar)
    expect { selection.new("Hostile::Child#other").targets }.to raise_error(none, /defined in Hostile::Liar: write Hostile::Liar#other/)
    expect { selection.new("Hostile::Child#wrk").targets }.to raise_error(none, /no such instance method/)
    expect { selection.new("Hostile::Chld#work").targets }.to raise_error(none, /did you mean Hostile::Child/)
    expect(RubyProf::Filter.new(only: [klass, method, own]).hidden([["Hostile::Liar#work", "Hostile::Liar", 0, "work", nil]])).to eq [false]
  end

  it "asks nothing of singletons of hostile objects" do
    Hostile.const_set(:Thing, Class.new(BasicObject) do
      def method_missing(name, *) = ::Kernel.raise("#{name} was asked")
    end)
    thing = Hostile::Thing.new
    def thing.only_here = nil
    expect(found_one(/only_here/).name).to eq :only_here
    expect(found_one("Hostile::Thing#method_missing").name).to eq :method_missing
    Hostile.const_set(:THING, thing)
    expect { selection.new("Hostile::THING#x").targets }.to raise_error(none, "Hostile::THING is no class or module but of Hostile::Thing")
  end

  it "loads nothing" do
    Dir.mktmpdir do |directory|
      file = File.join(directory, "hostile_late.rb")
      File.write(file, "raise 'it was loaded'")
      Hostile.autoload(:Late, file)
      Hostile.const_set(:Base, Class.new { autoload :Inner, file })
      Hostile.const_set(:Sub, Class.new(Hostile::Base))
      def Hostile.const_missing(name) = raise("#{name} was asked for")
      message = /Hostile::Late is not loaded yet \(it is an autoload of "#{Regexp.escape(file)}"\): name Hostile::Late before, or require its file/
      ["Hostile::Late#x", "Hostile::Late.x", "Hostile::Late", "Hostile::Late::*#x", "Hostile::Late#x*"].each do |text|
        expect { selection.new(text).targets }.to raise_error(none, message), text
      end
      expect { selection.new("Hostile::Sub::Inner#x").targets }.to raise_error(none, /Hostile::Sub::Inner is not loaded yet/)
      expect { selection.new("Hostile::Later#x").targets }.to raise_error(none, /there is no Hostile::Later \(did you mean Hostile::Late\?\)/)
      expect { selection.new("Hostile::**#zzz").targets }.to raise_error(none, /Not loaded yet: Hostile::Late; name them before/)
      expect { selection.new(/Hostile.*zzz/, "**#zzz").targets }.to raise_error(none)
      expect(Hostile.autoload?(:Late)).to eq file
    end
  end

  it "lets no deprecated constant warn" do
    Hostile.const_set(:Old, Class.new { def old_x = nil })
    Hostile.deprecate_constant(:Old)
    before = Warning[:deprecated]
    $VERBOSE = false
    [true, false].each do |on|
      Warning[:deprecated] = on
      expect { Hostile.const_get(:Old) }.to(on ? output(/deprecated/).to_stderr : output("").to_stderr)
      expect { expect(selection.new("Hostile::Old#old_x", "Hostile::Old", "**::Old#old_x").targets.size).to eq 1 }.not_to output.to_stderr
      expect(Warning[:deprecated]).to be on
    end
  ensure
    Warning[:deprecated] = before
  end

  # A nameless module that gets a singleton class gets another name.
  it "leaves modules without methods of their own as they are" do
    names = -> { RubyProf.profile { MethodKinds::Uses.added }.threads[0].methods.map(&:full_name).grep(/#added/) }
    before = names.call
    selection.new("**.sqrt", /sqrt\z/, "**").targets
    expect(names.call).to eq before
    expect(before.size).to eq 2
    expect(before).to include a_string_matching(/\A#<refinement:|\A#<Refinement:0x/i)
  end

  it "finds a module's private methods" do
    Hostile.const_set(:Secret, Module.new { def self.hidden_here = nil })
    Hostile::Secret.private_class_method(:hidden_here)
    ["**.hidden_here", /hidden_here/, "Hostile::*.hidden_*", "Hostile::Secret.hidden_here"].each do |pattern|
      expect(found_one(pattern).owner).to equal Hostile::Secret.singleton_class
    end
  end

  it "goes round no circle" do
    Hostile.const_set(:A, Module.new { def self.round = nil })
    Hostile::A.const_set(:B, Module.new { def self.round = nil })
    Hostile::A::B.const_set(:A, Hostile::A)
    Hostile::A::B.const_set(:Top, Object)
    expect(selection.new("Hostile::**.round").targets.size).to eq 2
    expect { selection.new("Hostile::A::B::A::B.round").targets }.to raise_error(none, /another name of Hostile::A::B: write Hostile::A::B\.round/)
    expect { selection.new("Hostile::A::B::Top#to_s").targets }.to raise_error(none, "Hostile::A::B::Top is another name of Object: write Object#to_s")
  end

  it "finds what Object has only where it is asked of Object" do
    Hostile.const_set(:Empty, Class.new)
    expect { selection.new("Hostile::Empty::String#to_s").targets }.to raise_error(none, /there is no Hostile::Empty::String/)
  end

  it "takes methods and constants with strange names" do
    Hostile.const_set(:Odd, Class.new do
      ["a b", "a.b", "x#y", "", "\n", "é".encode("ISO-8859-1"), "*", "/", "<=>", "[]=", "!", "a" * 100_000].each { |name| define_method(name) { nil } }
    end)
    ["a b", "a.b", "x#y", "", "\\*", "/", "<=>", "[]=", "!", "é", "a" * 100_000].each do |name|
      expect(found_one("Hostile::Odd##{name}").owner).to equal Hostile::Odd
    end
    expect(selection.new("Hostile::Odd").targets.size).to eq 12
    expect(selection.new(/\AHostile::Odd#/m).targets.size).to eq 12
    expect(selection.new("Hostile::Odd#*").targets.size).to eq 12
    expect { selection.new("Hostile::#x").targets }.to raise_error(none, "Hostile::#x matches no method: there is no Hostile::")
    ["#x", "::", "Hostile#", "Hostile::odd#x", "1#2", "Hostile::Odd\0#x"].each do |text|
      expect { selection.new(text).targets }.to raise_error(ArgumentError, /matches no method/), text
    end
  end

  it "finds redefined, removed and undefined methods as they are now" do
    Hostile.const_set(:Changing, Class.new { def changing = 1 })
    old = Hostile::Changing.instance_method(:changing)
    Hostile::Changing.class_eval { def changing = 2 }
    expect(found_one(old).method).to eq Hostile::Changing.instance_method(:changing)
    Hostile::Changing.class_eval { undef_method :changing }
    [old, "Hostile::Changing#changing", "Hostile::Changing#*", "Hostile::*#changing"].each do |pattern|
      expect { selection.new(pattern).targets }.to raise_error(ArgumentError), pattern.to_s
    end
  end

  it "shows nothing of itself in a profile of all" do
    profile = RubyProf.profile do
      chosen = selection.new("String#upcase", "**#upcase!", /String#downcase\z/, String.instance_method(:swapcase))
      chosen.targets
      begin
        selection.new("Stringg#x").targets
      rescue none
        nil
      end
    end
    expect(profile.threads[0].methods.map(&:full_name).grep(/Filter|Counting/)).to eq []
  end
end
