# frozen_string_literal: true

require "ruby-prof/pattern_list"

# Patterns with stars, in Filter and as people type them; and Method objects.
RSpec.describe "patterns with stars" do
  filter = RubyProf::Filter
  plain = 0
  of_class = RubyProf::MethodInfo::CLASS_SINGLETON
  of_module = RubyProf::MethodInfo::MODULE_SINGLETON
  of_object = RubyProf::MethodInfo::OBJECT_SINGLETON

  # A fact as the extension has it, of "Foo#bar", "Foo.bar" or "<Object::Foo>#bar".
  def fact(text)
    klass, kind, name = text.match(/\A(?:<Object::)?(#<.*?>[^#.]*|[^#.>]*)>?([#.])(.+)\z/m).captures
    return [text, klass, 8, name, nil] if text.start_with?("<Object")

    kind == "#" ? [text, klass, 0, name, nil] : ["<Class::#{klass}>##{name}", klass, 2, name, nil]
  end

  def matches?(pattern, text)
    RubyProf::Filter.new(exclude: [pattern]).hidden([fact(text)]).first
  end

  {
    "Billing::*#call" => [%w[Billing::Invoice#call], %w[Billing#call Billing::Invoice.call Billing::Invoice::Line#call Billing::Invoice#calls Xbilling::A#call]],
    "Billing::*" => [%w[Billing::Invoice#call Billing::Invoice.make Billing::Invoice::Line#call <Object::Billing::Invoice>#x], %w[Billing#call BillingX::A#b]],
    "Billing::**" => [%w[Billing#call Billing.make Billing::Invoice::Line#call], %w[Billings#call]],
    "Billing::In*" => [%w[Billing::Invoice#call Billing::In#call Billing::Invoice::Line#x], %w[Billing::XIn#call]],
    "ActiveRecord::**#exec_query" => [%w[ActiveRecord#exec_query ActiveRecord::Base#exec_query ActiveRecord::A::B::C#exec_query],
                                      %w[ActiveRecord.exec_query ActiveRecordX#exec_query ActiveRecord::Base#exec_queries X::ActiveRecord#exec_query]],
    "**#save" => [%w[A#save A::B#save #<Class:0x0000>#save #<Class:0x0000>::B#save], %w[A.save A#saved <Object::A>#save]],
    "**.save" => [%w[A.save A::B.save], %w[A#save]],
    "*#save" => [%w[A#save #<Class:0x0000>#save], %w[A::B#save A.save]],
    "**::Line#to_s" => [%w[Line#to_s A::Line#to_s A::B::Line#to_s], %w[Inline#to_s A::Line::B#to_s Aline#to_s]],
    "A::**::Z.x" => [%w[A::Z.x A::B::Z.x A::B::C::Z.x], %w[A.x A::B.x Z.x A::BZ.x]],
    "A::**::**.x" => [%w[A.x A::Z.x], %w[B.x]],
    "A::**::*.x" => [%w[A::Z.x A::B::Z.x], %w[A.x]],
    "A*::*Z#x" => [%w[A::Z#x Ab::yZ#x], %w[A::Z::Z#x AZ#x]],
    "A*b*c::D#x" => [%w[Abc::D#x Axbxbxc::D#x], %w[Ab::c::D#x Acb::D#x]],
    "Foo#find_*" => [%w[Foo#find_ Foo#find_by], %w[Foo#find Foo.find_by Foo::Bar#find_by]],
    "Foo#*_at*_by*" => [%w[Foo#x_at_by Foo#_at_at_by_by], %w[Foo#_atby]],
    "Foo#*?" => [%w[Foo#ok?], %w[Foo#okay]],
    "Foo#[]*" => [%w[Foo#[] Foo#[]=], %w[Foo#x]],
    "Foo.*" => [%w[Foo.a Foo.[]], %w[Foo#a]],
    "Integer#*" => [%w[Integer#* Integer#+ Integer#times], %w[Integer.sqrt]],
    "Integer#**" => [%w[Integer#* Integer#** Integer#+], []],
    "Integer#\\*" => [%w[Integer#*], %w[Integer#** Integer#+]],
    "Integer#\\*\\*" => [%w[Integer#**], %w[Integer#* Integer#+]],
    "Integer#*\\*" => [%w[Integer#* Integer#**], %w[Integer#+]],
    "*::Foo#/" => [%w[A::Foo#/], %w[A::Foo#+]],
    "::Foo#b*" => [%w[Foo#bar], %w[A::Foo#bar]],
    "::Foo#bar" => [%w[Foo#bar], %w[A::Foo#bar]],
    "Ünï::*#größe*" => [%w[Ünï::Ä#größer], %w[Ünï#größe]]
  }.each do |pattern, (good, bad)|
    it "#{pattern} matches #{good.join(" ")} and not #{bad.join(" ")}" do
      expect(good.reject { |text| matches?(pattern, text) }).to eq []
      expect(bad.select { |text| matches?(pattern, text) }).to eq []
    end
  end

  it "match modules' own methods of both kinds, and no code outside of methods" do
    facts = [["<Class::A>#x", "A", of_class, "x", nil], ["<Module::A>#x", "A", of_module, "x", nil], ["A#x", "A", plain, "x", nil],
             ["<Object::A>#x", "A", of_object, "x", nil], ["[global]#", nil, plain, nil, nil]]
    expect(filter.new(exclude: ["A*.x"]).hidden(facts)).to eq [true, true, false, false, false]
    expect(filter.new(exclude: ["A*#x"]).hidden(facts)).to eq [false, false, true, false, false]
    expect(filter.new(exclude: ["**"]).hidden(facts)).to eq [true, true, true, true, false]
  end

  it "leave paths what they are" do
    here = ["A#x", "A", plain, "x", File.expand_path("lib/a.rb")]
    ["lib/*.rb", "**/a.rb", "./l*/a.rb", "#{Dir.pwd}/**/*"].each { |path| expect(filter.new(only: [path]).hidden([here])).to eq [false] }
    expect(filter.new(only: ["app/**/*.rb"]).hidden([here])).to eq [true]
  end

  it "say what is wrong with them" do
    { "Foo**#x" => /"Foo\*\*#x" is no pattern for methods: \*\* stands for whole segments, between ::, such as Foo::\*\*#bar; within a name write \*/,
      "A::***#x" => /\*\* stands for whole segments/, "#find_*" => /write Foo#find_\*, Foo::\*.call or \*\*#call/, "Foo*#" => /write Foo#find_\*/,
      "A::::B*#x" => /empty name between ::/, "A*::#x" => /empty name/, "*.rb" => %r{for files write \*\*/\*\.rb, with a slash} }.each do |pattern, message|
      expect { filter.new(only: [pattern]) }.to raise_error(ArgumentError, message), pattern
    end
  end

  it "take no longer for long names than these are long" do
    long = "ab" * 500_000
    facts = [["#{long}#x", long, plain, "x", nil], ["A##{long}", "A", plain, long, nil], ["#{long}::#{long}#x", "#{long}::#{long}", plain, "x", nil]]
    expect(filter.new(exclude: ["*a*b*a*bc#x", "A#*a*b*b*c*ab", "**::*a*b*ab#x"]).hidden(facts)).to eq [true, false, true]
  end

  it "compare names in any encoding" do
    facts = [["A#\xFF", "A", plain, "\xFF", nil], ["A#é", "A", plain, "é".encode("ISO-8859-1"), nil], ["A#é", "A".encode("UTF-16LE"), plain, "é", nil]]
    expect(filter.new(exclude: ["Foo#é*"]).hidden(facts)).to eq [false, false, false]
  end

  describe "as people type them" do
    list = RubyProf.const_get(:PatternList)

    it "are read" do
      {
        "Foo#find_*,Foo::*.call" => %w[Foo#find_* Foo::*.call], "**#save" => %w[**#save], "::Foo::*" => %w[Foo::*], "Integer#\\*" => ["Integer#\\*"],
        "*" => %w[*], "ActiveRecord::**#exec_query" => %w[ActiveRecord::**#exec_query], "Foo#*" => %w[Foo#*], "Fo*.rb" => %w[Fo*.rb],
        "*.rb" => %w[**/*.rb], "**/*.rb" => %w[**/*.rb], "lib/*" => %w[lib/*], "**/vendor/*" => %w[**/vendor/*], "*_spec.rb" => %w[**/*_spec.rb]
      }.each { |text, patterns| expect(list.parse(text)).to eq(patterns), text }
    end

    it "are refused where they say nothing" do
      expect { list.parse("Foo**#x") }.to raise_error(ArgumentError, /whole segments/)
      expect { list.parse("foo*") }.to raise_error(ArgumentError, /foo\* is no pattern: write Foo#bar, Foo.bar, Foo, Foo::\*\*#find_\*/)
    end

    it "may match nothing that is there, but escaped stars are operators" do
      expect(list.missing("String#find_*,Nope::*,**#nope,Integer#\\*,Integer#*")).to eq []
      expect(list.missing("String#\\*\\*\nNope#\\*"))
        .to eq ["String#\\*\\* matched nothing: String has no instance method **", "Nope#\\* matched nothing: the program has no Nope"]
    end
  end

  describe "beside Method objects" do
    before do
      stub_const("Starred", Class.new do
        def find = [1].map { |number| number * 2 }
        def find_by = find
        def self.find = new.find_by
        alias_method :found, :find
        alias_method :mapped, :instance_variable_get
        def method_missing(name, *) = name == :ghost ? 1 : super
        def respond_to_missing?(name, *) = name == :ghost || super
      end)
      stub_const("Starred::Sub", Class.new(Starred) { private :find_by })
    end

    let(:profile) do
      RubyProf.profile(operators: true) { [Starred.find, Starred.new.found, Starred.new.mapped(:@a), Starred::Sub.new.send(:find_by)] }
    end

    def shown(*patterns)
      profile.only(*patterns).threads[0].methods.map(&:full_name).drop(1)
    end

    it "show what a profile has" do
      expect(shown("Starred#find*")).to match_array %w[Starred#find Starred#find_by]
      expect(shown("Starr*")).to match_array ["Starred#find", "Starred#find_by", "Starred#found", "<Class::Starred>#find"]
      expect(shown("**.find")).to eq ["<Class::Starred>#find"]
      expect(shown("Integer#*")).to eq ["Integer#*"]
      expect(shown("Integer#\\*")).to eq ["Integer#*"]
    end

    it "are these methods" do
      expect(shown(Starred.instance_method(:find))).to eq ["Starred#find"]
      expect(shown(Starred.method(:find), Starred.new.method(:found))).to match_array ["<Class::Starred>#find", "Starred#found"]
      expect(shown(Integer.instance_method(:*), 3.method(:**))).to eq ["Integer#*"]
      expect(shown(Starred.singleton_class.instance_method(:find))).to eq ["<Class::Starred>#find"]
      # It is its superclass's, and an alias of a module's method is reported as the module's.
      expect(shown(Starred::Sub.instance_method(:find_by), Starred.instance_method(:mapped))).to match_array %w[Starred#find_by Kernel#mapped]
    end

    it "are refused where nothing is called by that name" do
      expect { shown(Starred.new.method(:ghost)) }.to raise_error(ArgumentError, /ghost is answered by method_missing/)
    end
  end
end
