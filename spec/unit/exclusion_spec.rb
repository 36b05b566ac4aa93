# frozen_string_literal: true

require "json"
require "pathname"
require "set"
require "tmpdir"

# Methods that are left out: while recording, by patterns at stop, and afterwards.
RSpec.describe "methods that are left out" do
  before do
    stub_const("Left", Module.new)
    stub_const("Left::Out", Class.new do
      def self.twice(count = 2)
        count.times { new.work }
      end

      def work
        helper + helper
      end

      def helper
        [1, 2].each { |number| number.to_s }
        1
      end
    end)
  end

  def counts(profile)
    profile.threads.flat_map(&:methods).to_h { |method| [method.full_name, method.called] }
  end

  def callers_of(profile, name)
    method = profile.threads[0].methods.find { |one| one.full_name == name }
    method.call_trees.callers.map { |caller| caller.parent.target.full_name }
  end

  def self_sum(profile)
    profile.threads.sum { |thread| thread.methods.sum(&:self_time) }
  end

  describe "RubyProf::Profile#exclude_method!" do
    let(:profile) { RubyProf::Profile.new }

    it "gives a method's time and callees to its caller" do
      expect(profile.exclude_method!(Left::Out, :helper)).to equal profile
      profile.profile { Left::Out.twice }
      expect(counts(profile)).to include("Left::Out#work" => 2, "Array#each" => 4).and(exclude_key("Left::Out#helper"))
      expect(callers_of(profile, "Array#each")).to eq ["Left::Out#work"]
      expect(self_sum(profile)).to be_within(1e-6).of(profile.threads[0].total_time)
    end

    def exclude_key(name)
      satisfy("have no #{name}") { |hash| !hash.key?(name) }
    end

    # Defect 1 of ruby-prof 2.0.5: both were one method.
    it "tells a class's own method from its instances'" do
      Left::Out.define_singleton_method(:work) { 3 }
      profile.exclude_method!(Left::Out, :work)
      profile.profile { [Left::Out.work, Left::Out.new.work] }
      expect(counts(profile)).to include("<Class::Left::Out>#work" => 1).and(exclude_key("Left::Out#work"))
    end

    it "leaves out C functions" do
      profile.exclude_methods!(Array, :each, [:map])
      profile.profile { Left::Out.twice }
      expect(counts(profile)).to include("Integer#to_s" => 8).and(exclude_key("Array#each"))
    end

    it "takes names as Strings too" do
      profile.exclude_method!(Left::Out, "work")
      profile.profile { Left::Out.twice }
      expect(counts(profile)).to exclude_key("Left::Out#work")
    end

    it "takes nil for code outside any class" do
      expect(profile.exclude_method!(nil, :anything)).to equal profile
    end

    it "refuses what is no module or name, and a running profile" do
      expect { profile.exclude_method!(3, :work) }.to raise_error(TypeError, /from a class or module, and this is none but of class Integer/)
      expect { profile.exclude_method!(Left::Out, 3) }.to raise_error(TypeError, /name is a Symbol, not Integer/)
      expect { profile.exclude_singleton_methods!(3, :work) }.to raise_error(TypeError, /class or module, not Integer/)
      profile.start
      expect { profile.exclude_method!(Left::Out, :work) }.to raise_error(RuntimeError, /RubyProf.start was already called/)
    ensure
      profile.stop if profile.running?
    end

    it "returns the names where there are several" do
      expect(profile.exclude_methods!(Left::Out, :work, [:helper])).to eq %i[work helper]
      expect(profile.exclude_methods!(Left::Out)).to eq []
      expect(profile.exclude_singleton_methods!(Left::Out, :twice)).to eq [:twice]
      profile.profile { Left::Out.twice }
      expect(counts(profile).keys.grep(/Out/)).to eq []
      expect(callers_of(profile, "Integer#times")).to eq [profile.threads[0].call_tree.target.full_name]
    end
  end

  describe "RubyProf::Profile#exclude_common_methods!" do
    it "leaves out iterators and the like" do
      profile = RubyProf::Profile.new
      expect(profile.exclude_common_methods!).to equal profile
      profile.profile { Left::Out.twice }
      expect(counts(profile).keys).not_to include("Integer#times", "Array#each", "Class#new")
      expect(counts(profile)).to include("Left::Out#helper" => 4)
    end

    it "is an option too" do
      profile = RubyProf.profile(exclude_common: true) { [3].map(&:to_s) && Set.new([1]).each { |one| one.to_s } }
      expect(counts(profile).keys).to include("Integer#to_s")
      expect(counts(profile).keys).not_to include("Array#map", "Set#each", "Class#new")
    end

    it "knows Enumerable's names" do
      # As they were when the file was loaded: `require "set"`, for one, adds to them.
      expect(RubyProf::ExcludeCommonMethods::ENUMERABLE_NAMES).to include(:map, :sort_by, :each_slice)
      expect(RubyProf::ExcludeCommonMethods::ENUMERABLE_NAMES - Enumerable.instance_methods(false)).to eq []
      profile = RubyProf::Profile.new
      RubyProf::ExcludeCommonMethods.exclude_enumerable(profile, Enumerable, :size)
      RubyProf::ExcludeCommonMethods.exclude_methods(profile, Left::Out, :work)
      RubyProf::ExcludeCommonMethods.exclude_singleton_methods(profile, Left::Out, :twice)
      profile.profile { Left::Out.twice && Struct.new(:a).new(1).map { 3 } }
      expect(counts(profile).keys).not_to include("Left::Out#work", "<Class::Left::Out>#twice", "Enumerable#map")
    end
  end

  describe "patterns" do
    let(:profile) { RubyProf.profile(operators: true) { Left::Out.twice && JSON.generate([1]) && Set.new([1]) } }

    def shown(*patterns)
      counts(profile.only(*patterns)).keys.drop(1)
    end

    it "match modules with all that is in them" do
      expect(shown(Left)).to match_array %w[<Class::Left::Out>#twice Left::Out#work Left::Out#helper]
      expect(shown("Left")).to eq shown(Left)
      expect(shown("Lef")).to eq []
    end

    it "match full names" do
      expect(shown(/Out#h/)).to eq ["Left::Out#helper"]
      expect(shown("Left::Out#work", "Left::Out.twice")).to eq ["<Class::Left::Out>#twice", "Left::Out#work"]
      expect(shown("Left::Out#twice", "Left::Out.work")).to eq []
      expect(shown("<Class::Left::Out>#twice")).to eq ["<Class::Left::Out>#twice"]
      expect(shown("Integer#/", "Integer#+")).to eq ["Integer#+"]
    end

    it "match places" do
      mine = ["<Class::Left::Out>#twice", "Left::Out#work", "Left::Out#helper"]
      [__FILE__, Pathname(__dir__), "#{__dir__}/", "#{__dir__}/*_spec.rb", :app].each do |pattern|
        expect(shown(pattern)).to include(*mine).and(satisfy { |names| names.grep(/JSON|Array/).empty? })
      end
      expect(shown("#{__dir__}/other.rb")).to eq []
      expect(shown(:stdlib)).to include("Set#initialize").and(satisfy { |names| (names & mine).empty? })
      expect(shown({ gem: "json" })).to eq(shown(/JSON>/))
      expect(shown(:c)).to include("Integer#to_s").and(satisfy { |names| (names & mine).empty? })
      expect(shown(:gems).grep(/Left|Set/)).to eq []
    end

    it "know gems that Bundler hides, and the gem that is worked on" do
      Dir.mktmpdir do |directory|
        File.write("#{directory}/mine.gemspec", <<~RUBY)
          Gem::Specification.new { |s| s.name = "mine"; s.version = "1"; s.summary = "Mine"; s.authors = ["me"]; s.files = ["lib/mine.rb"] }
        RUBY
        File.write("#{directory}/Gemfile", "gemspec\n")
        Dir.mkdir("#{directory}/lib")
        File.write("#{directory}/lib/mine.rb", "require 'json'\nmodule Mine\n  def self.it = JSON.generate([1])\nend\n")
        script = <<~RUBY
          require "bundler/setup"
          $:.unshift #{File.expand_path("../../lib", __dir__).inspect}
          require "ruby-prof"
          require "mine"
          profile = RubyProf.profile { Mine.it }
          names = ->(part) { part.threads[0].methods.map(&:full_name).drop(1) }
          p names[profile.only(:app)], names[profile.only({ gem: "json" })].grep(/JSON/), names[profile.only(:gems)].grep(/Mine/)
        RUBY
        output = IO.popen({ "BUNDLE_GEMFILE" => "#{directory}/Gemfile", "RUBYOPT" => nil, "RUBYLIB" => nil },
                          [RbConfig.ruby, "-e", script], chdir: directory, err: %i[child out], &:read)
        expect(output.lines.last(3).map(&:chomp)).to eq ['["<Module::Mine>#it"]', '["<Module::JSON>#generate"]', "[]"]
      end
    end

    it "leave out what matches" do
      rest = counts(profile.without(Left, :c)).keys
      expect(rest.grep(/\A(?:<Class::)?Left|\AInteger#to_s/)).to eq []
      expect(rest).to include "<Module::JSON>#generate"
    end

    it "apply at stop as options" do
      expect(counts(RubyProf.profile(only: Left) { Left::Out.twice }).keys.drop(1))
        .to match_array %w[<Class::Left::Out>#twice Left::Out#work Left::Out#helper]
      expect(counts(RubyProf.profile(only: [Left], exclude: [/work/]) { Left::Out.twice }).keys.drop(1))
        .to match_array %w[<Class::Left::Out>#twice Left::Out#helper]
    end

    # A signal, a timeout or the end of the thread is not a pattern's fault.
    it "let through what ends the program while they are compared" do
      recorded = RubyProf::Profile.new(exclude: /anything/)
      recorded.start
      Left::Out.twice
      allow_any_instance_of(RubyProf::Filter).to receive(:hidden).and_raise(SignalException, "TERM")
      expect { recorded.stop }.to raise_error(SignalException, "SIGTERM")
      expect(counts(recorded)).to include("Left::Out#work" => 2)
    end

    it "lose no time and no allocation" do
      whole = RubyProf.profile(track_allocations: true) { Left::Out.twice }
      part = whole.only(/twice/)
      expect(part.threads[0].total_time).to eq whole.threads[0].total_time
      expect(self_sum(part)).to be_within(1e-6).of(self_sum(whole))
      objects = ->(profile) { profile.threads[0].methods.sum { |method| method.allocations.sum(&:count) } }
      expect(objects[part]).to eq objects[whole]
      expect(objects[whole]).to be >= 10
    end

    it "leave the profile as it is" do
      before = counts(profile)
      profile.only(/helper/)
      expect(counts(profile)).to eq before
    end

    it "are refused where they are none" do
      [3, :nothing, "", {}, { gems: "x", other: 1 }, nil.to_a + [Object.new]].each do |pattern|
        expect { profile.only(pattern) }.to raise_error(ArgumentError, /is no pattern for methods: give a Module/)
        expect { RubyProf::Profile.new(exclude: pattern) }.to raise_error(ArgumentError, /is no pattern/)
      end
      expect { profile.only({ gem: "no-such-gem" }) }.to raise_error(ArgumentError, /"no-such-gem" is not installed/)
      expect { profile.only(Left::Out.singleton_class) }.to raise_error(ArgumentError, /give the class itself/)
    end
  end
end

# Every printer takes the patterns too.
RSpec.describe "printers with patterns" do
  let(:profile) { RubyProf.profile { [3, 1].sort_by { |number| number.to_s } && "a".upcase } }

  printers = %i[FlatPrinter GraphPrinter GraphHtmlPrinter CallStackPrinter FlameGraphPrinter CallInfoPrinter DotPrinter]
  printers.each do |name|
    it "leave methods out of #{name}" do
      printer = RubyProf.const_get(name).new(profile)
      expect(printer.print(+"")).to include("sort_by").and(include("upcase"))
      expect(printer.print(+"", exclude: [/sort_by/, Integer])).to include("upcase").and(satisfy { |page| !page.include?("sort_by") })
      expect(printer.print(+"", only: Enumerable)).to include("sort_by").and(satisfy { |page| !page.include?("upcase") })
      expect(printer.print(+"")).to include("upcase")
      expect { printer.print(+"", only: 3) }.to raise_error(ArgumentError, /is no pattern/)
    end
  end

  it "leave methods out of files" do
    Dir.mktmpdir do |directory|
      RubyProf::CallTreePrinter.new(profile).print(path: directory, exclude: /sort_by/)
      expect(Dir.glob("#{directory}/*").map { |file| File.read(file) }.join).to include("upcase").and(satisfy { |text| !text.include?("sort_by") })
      RubyProf::MultiPrinter.new(profile, [:flat]).print(path: directory, only: String)
      expect(File.read("#{directory}/profile.flat.txt")).to include("upcase").and(satisfy { |text| !text.include?("sort_by") })
    end
  end
end
