# frozen_string_literal: true

require "method_kinds"
require "ruby-prof/counting/selection"

# Which loaded methods a pattern means.
RSpec.describe "RubyProf::Counting::Selection" do
  selection = RubyProf.const_get(:Counting)::Selection
  none = selection::NoMethodMatches

  def targets(*patterns)
    RubyProf.const_get(:Counting)::Selection.new(*patterns).targets
  end

  def found(*patterns)
    targets(*patterns).map { |target| [target.owner, target.name] }
  end

  def failure(*patterns)
    targets(*patterns)
    nil
  rescue RubyProf.const_get(:Counting)::Selection::NoMethodMatches => e
    e.message
  end

  # [owner, called name, language] of all calls that a block makes.
  def events
    seen = []
    trace = TracePoint.new(:call, :c_call) { |event| seen << [event.defined_class, event.callee_id, event.event == :call ? :ruby : :c] }
    trace.enable(target_thread: Thread.current) { yield }
    seen
  end

  def self.it_finds(text, call)
    it "finds #{text} as it is reported" do
      seen = events { call.call }
      targets = self.targets(text)
      expect(targets.size).to eq 1
      target = targets.first
      expect(seen).to include [target.owner, target.name, target.language]
      expect(target.method).to be_a UnboundMethod
      expect(target.method.name).to eq target.name
    end
  end

  MethodKinds::CALLS.each { |text, call| it_finds(text, call) }

  MethodKinds::EITHER.each do |text, call|
    it "finds #{text}, and one more that it may have been" do
      seen = events { call.call }
      expect(found(text)).to match_array [[Kernel, :old_inspect], [Object.const_get(text[/[^#]+/]), :old_inspect]]
      expect(targets(text).map { |target| [target.owner, target.name, target.language] } & seen).to eq [[Kernel, :old_inspect, :c]]
    end
  end

  MethodKinds::SILENT.each do |text, reason|
    it "says why #{text} cannot be counted" do
      expect { targets(text) }.to raise_error(none, /\Acalls of #{Regexp.escape(text)} cannot be counted: .*#{Regexp.escape(reason)}/)
    end
  end

  MethodKinds::MEMBERS.each do |text, call|
    if RUBY_VERSION < "3.3"
      it "says why #{text} cannot be counted" do
        expect(events { call.call }.map { |_owner, name, _language| name }).not_to include text[/\w+=?\z/].to_sym
        expect { targets(text) }.to raise_error(none, /#{text} cannot be counted: Ruby #{RUBY_VERSION} reads and sets members of a Struct without/)
      end
    else
      it_finds(text, call)
    end
  end

  # All that is called while another thing is must be found by its own name too.
  it "matches what a profile names, as it names it" do
    MethodKinds::CALLS.each do |text, call|
      profile = RubyProf.profile { call.call }
      chosen = selection.new(text)
      names = chosen.targets.map { |target| target.name.to_s }
      matched = profile.threads[0].methods.select do |method|
        name = method.method_name&.to_s
        klass = method.klass_name
        chosen.match?(RubyProf::Filter::Method.new(method.full_name, klass, method.klass_flags, name, method.source_file, method.line))
      end
      expect(matched.map { |method| method.method_name.to_s }.uniq).to eq(names), text
    end
  end

  describe "with patterns of several methods" do
    it "finds those of a class by their names" do
      expect(found("MethodKinds::Plain#of_*_def")).to eq [[MethodKinds::Plain, :of_of_def]]
      expect(found("MethodKinds::Plain.*ingle")).to eq [[MethodKinds::Plain.singleton_class, :of_single], [MethodKinds::Plain.singleton_class, :single]]
      expect(found("MethodKinds::Pl*#hidden")).to eq [[MethodKinds::Plain, :hidden]]
    end

    it "finds one method of all modules, and leaves out who only says who may call it" do
      expect(found("MethodKinds::*#save")).to match_array [[MethodKinds::Copied, :save], [MethodKinds::Over, :save], [MethodKinds::Record, :save]]
      expect(found("**::Record#touch")).to eq [[MethodKinds::Record, :touch]]
      expect(found("**.own")).to eq [[MethodKinds::Plain.singleton_class, :own]]
      expect(found(/\A<Class::MethodKinds::.*#(?:own|single)/).map(&:last)).to eq %i[own single]
      expect(found(/#ov\z/)).to match_array [[MethodKinds::Included, :ov], [MethodKinds::Plain, :ov]]
    end

    it "finds all methods of modules that can be counted" do
      expect(found("MethodKinds::Over")).to match_array [[MethodKinds::Over, :def_], [MethodKinds::Over, :save]]
      expect(found(MethodKinds::Over)).to eq found("MethodKinds::Over")
      all = found("MethodKinds")
      expect(all).to include([MethodKinds::Plain, :block], [MethodKinds::Plain.singleton_class, :block], [MethodKinds::Itself, :me])
      expect(found("MethodKinds::*")).to match_array all
      expect(found("MethodKinds::**")).to match_array all
      expect(found("MethodKinds::Borrowed").map(&:last)).to eq %i[of_public_send]
    end

    it "finds each once" do
      expect(found("MethodKinds::Over#save", "MethodKinds::Over#s*", MethodKinds::Over.instance_method(:save))).to eq [[MethodKinds::Over, :save]]
    end

    it "finds none of other names of a module" do
      stub_const("MethodKinds::Other", MethodKinds::Over)
      expect(found("MethodKinds::O*#save")).to eq [[MethodKinds::Over, :save]]
      expect(failure("MethodKinds::Oth*#save")).to eq "MethodKinds::Oth*#save matches no method that is loaded"
      expect(failure("MethodKinds::Other#save")).to eq "MethodKinds::Other is another name of MethodKinds::Over: write MethodKinds::Over#save"
      expect(failure("MethodKinds::Other")).to eq "MethodKinds::Other is another name of MethodKinds::Over: write MethodKinds::Over"
    end

    it "finds private constants, and modules without a name" do
      stub_const("MethodKinds::Hidden", Module.new { def self.hidden_away = nil })
      MethodKinds.private_constant :Hidden
      expect(found("MethodKinds::*.hidden_away")).to eq [[MethodKinds.const_get(:Hidden).singleton_class, :hidden_away]]
      nameless = Class.new { def nameless_one = nil }
      expect(found("**#nameless_one", /nameless_one/, nameless)).to eq [[nameless, :nameless_one]]
    end

    it "looks afresh each time" do
      chosen = selection.new("MethodKinds::Later#x")
      expect { chosen.targets }.to raise_error(none, /there is no MethodKinds::Later/)
      stub_const("MethodKinds::Later", Class.new { def x = nil })
      expect(chosen.targets.map(&:owner)).to eq [MethodKinds::Later]
    end
  end

  describe "with Method objects" do
    it "finds the method, wherever it is" do
      expect(found(MethodKinds::Visible.instance_method(:save))).to eq [[MethodKinds::Record, :save]]
      expect(found(MethodKinds::Over.new.method(:touch))).to eq [[MethodKinds::Record, :touch]]
      expect(found(MethodKinds::Plain.instance_method(:of_included))).to eq [[MethodKinds::Included, :of_included]]
      expect(found(MethodKinds::Plain.instance_method(:both).super_method)).to eq [[MethodKinds::Plain, :both]]
      expect(found(MethodKinds::Over.method(:own))).to eq [[MethodKinds::Plain.singleton_class, :own]]
    end

    it "finds the method of one object" do
      object = Object.new
      def object.single_one = nil
      expect(found(object.method(:single_one))).to eq [[object.singleton_class, :single_one]]
      expect(found(/<Object::Object>#single_one/)).to eq [[object.singleton_class, :single_one]]
    end

    it "finds that of a refinement" do
      seen = events { MethodKinds::Uses.added }
      owner = seen.find { |_owner, name, _language| name == :added }.first
      expect(found(owner.instance_method(:added))).to eq [[owner, :added]]
      expect(found("MethodKinds::Record#touch")).to eq [[MethodKinds::Record, :touch]]
    end

    it "says so of one that method_missing answers" do
      expect { targets(MethodKinds::Missing.new.method(:ghost)) }.to raise_error(ArgumentError, /ghost is answered by method_missing/)
    end
  end

  describe "where nothing matches" do
    it "names the owner of what is inherited" do
      said = "MethodKinds::Record: write MethodKinds::Record"
      { "MethodKinds::Over#touch" => "#{said}#touch", "MethodKinds::Plain#save" => "#{said}#save", "MethodKinds::Visible#touch" => "#{said}#touch",
        "MethodKinds::Plain.find" => "#{said}.find", "MethodKinds::Plain.ext" => "MethodKinds::Extended: write MethodKinds::Extended#ext",
        "MethodKinds::Itself.me" => "MethodKinds::Itself: write MethodKinds::Itself#me", "MethodKinds::Plain#before" =>
          "MethodKinds::Prepended: write MethodKinds::Prepended#before", "MethodKinds::Plain#dup" => "Kernel: write Kernel#dup" }.each do |text, rest|
        expect(failure(text)).to eq "#{text} is defined in #{rest} (it counts calls on every receiver)"
      end
      expect(failure("MethodKinds::Plain.new")).to end_with "(it counts calls on every receiver; to count objects of MethodKinds::Plain, name the initialize that it has)"
    end

    it "tells what else there is" do
      {
        "MethodKinds::Over.save" => "MethodKinds::Over.save is no method, but MethodKinds::Over#save is: write that",
        "MethodKinds::Plain#own" => "MethodKinds::Plain#own is no method, but MethodKinds::Plain.own is: write that",
        "MethodKinds::Over#sve" => "MethodKinds::Over#sve matches no method: MethodKinds::Over has no such instance method. Did you mean MethodKinds::Over#save?",
        "MethodKinds::Plain.singel" => /has no such method. Did you mean MethodKinds::Plain.single\?/,
        "MethodKinds::Plian#own" => /there is no MethodKinds::Plian \(did you mean MethodKinds::Plain\?\); if it is loaded later, require it before/,
        "MethodKindz::Plain#own" => /there is no MethodKindz \(did you mean MethodKinds\?\)/,
        "MethodKinds::Plain::Zzzzz#own" => /there is no MethodKinds::Plain::Zzzzz; if it is loaded later/,
        "MethodKinds::Missing#ghost" => /has no such instance method. If its method_missing answers it, count that/,
        "MethodKinds::CALLS#x" => "MethodKinds::CALLS is no class or module but of Hash",
        "MethodKinds::Record#zzz*" => "MethodKinds::Record#zzz* matches no method: MethodKinds::Record has none of such a name",
        "MethodKinds::*#zzz" => "MethodKinds::*#zzz matches no method that is loaded",
        "Zzzz::*#x" => "Zzzz::*#x matches no method: there is no Zzzz; if it is loaded later, require it before",
        "Zzzz" => "Zzzz matches no method: there is no Zzzz; if it is loaded later, require it before",
        "MethodKinds::own" => /write MethodKinds.own\z/,
        "save" => /write Foo#save, Foo.save or \*\*#save\z/,
        "<Class::Zzzz>#x" => "<Class::Zzzz>#x matches no method that is loaded",
        /zzz#zzz/ => "/zzz#zzz/ matches no method that is loaded"
      }.each { |pattern, message| expect(failure(pattern)).to match(message), pattern.to_s }
    end

    it "names the pattern of several that has none" do
      expect(failure("MethodKinds::Over#save", "MethodKinds::Over#none_such")).to match(/\AMethodKinds::Over#none_such matches no method/)
    end

    it "guesses nothing where Ruby's guesser is switched off" do
      hide_const("DidYouMean")
      expect(failure("MethodKinds::Over#sve")).to eq "MethodKinds::Over#sve matches no method: MethodKinds::Over has no such instance method"
    end

    it "takes no pattern that is none" do
      [
        [[], ArgumentError, /no pattern says which methods: give a String such as "Foo#bar"/], [[""], ArgumentError, /an empty String/],
        [[" "], ArgumentError, /an empty String/], [[nil], TypeError, /nil is no pattern for methods: give a String such as/],
        [[3], TypeError, /\AInteger is no pattern/], [[:app], TypeError, /\ASymbol is no pattern/], [[["A#b"]], TypeError, /\AArray is no/],
        [[BasicObject.new], TypeError, /\ABasicObject is no pattern/], [["lib/a.rb"], ArgumentError, %r{"lib/a.rb" is a path}],
        [["A**#b"], ArgumentError, /whole segments/], [["\xFF"], ArgumentError, /no UTF-8/], [["A#b\xFF".b], ArgumentError, /no UTF-8/],
        [[MethodKinds::Plain.singleton_class], ArgumentError, /singleton class of MethodKinds::Plain: give the class itself/]
      ].each { |patterns, error, message| expect { selection.new(*patterns) }.to raise_error(error, message) }
    end
  end

  it "names itself as it was given" do
    chosen = selection.new("::MethodKinds::Over#save", "**#x", /a b/i, MethodKinds::Over, MethodKinds::Over.method(:own), "Integer#\\*")
    expect(chosen.to_s).to eq "MethodKinds::Over#save or **#x or /a b/i or MethodKinds::Over or MethodKinds::Plain.own or Integer#*"
  end

  it "reads names in any encoding that can be written in UTF-8" do
    stub_const("MethodKinds::Spoken", Class.new { def été = nil })
    ["MethodKinds::Spoken#été", "MethodKinds::Spoken#été".encode("UTF-16LE"), "MethodKinds::Spoken#été".b, "MethodKinds::Spoken#é*".encode("ISO-8859-1")].each do |text|
      expect(found(text)).to eq [[MethodKinds::Spoken, :été]]
    end
  end
end
