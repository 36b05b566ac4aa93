# frozen_string_literal: true

require "rake"
require "ruby-prof/task"
require "ruby-prof/rspec/matchers"
require "ruby-prof/minitest/assertions"
require "signatures"

# sig/ says of every public class, method and constant what it takes, and of nothing else.
RSpec.describe "sig/", stress: false do
  directory = File.join(GEM_ROOT, "sig")
  signatures = Signatures.new(directory)
  # Ours are RubyProf and Rack::RubyProf, without the parts of the command; RubyProf::Testing is for these specs, and
  # RubyProf::Filter::Method passes between our own parts.
  of_others = %w[Rake Rake::TaskLib Rake::TestTask Rack]
  internal = %i[Testing CLI Auto Method]
  described = signatures.entries.values.reject { |entry| entry.kind == "interface" || of_others.include?(entry.name) }

  def self.public_modules(mod, internal)
    inner = mod.constants(false).reject { |name| internal.include?(name) }.map { |name| mod.const_get(name) }
    inner = inner.select { |each| each.is_a?(Module) && each.name.start_with?(mod.name) }
    [mod, *inner.flat_map { |each| public_modules(each, internal) }]
  end
  modules = [RubyProf, Rack::RubyProf].flat_map { |mod| public_modules(mod, internal) }

  define_method(:signatures) { signatures }

  # Public methods that are its own, or come with a module that has no public name.
  def own_methods(mod)
    hidden = mod.included_modules.select { |each| each.name.to_s.start_with?("RubyProf::") } - inherited(mod)
    mod.public_instance_methods(false) + hidden.flat_map { |each| each.public_instance_methods(false) }
  end

  def inherited(mod)
    mod.is_a?(Class) ? mod.superclass.included_modules : []
  end

  # What is wrong with a signature of a method, nil if nothing is.
  def misfit(signature, method)
    least, most = signature.counts
    kinds = method.parameters.map(&:first)
    if method.source_location.nil?
      # A C or Rust function: all that can be known is the number of arguments, unless it counts them itself.
      return if method.arity == -1 && (least != most || signature.any_keywords? || signature.keywords.any? || least == 4)
      return if [least, most] == [method.arity] * 2 && signature.keywords.empty? && !signature.any_keywords?

      return "takes #{method.arity} arguments"
    end

    found_least = kinds.count(:req)
    found = [found_least, kinds.include?(:rest) ? nil : found_least + kinds.count(:opt)]
    keywords = method.parameters.select { |kind, _| %i[key keyreq].include?(kind) }.map { |_, name| name.to_s }.sort
    # `def new(*)`, which passes all on.
    return if method.parameters == [%i[rest *]] || method.parameters == [[:rest]]
    return "takes #{found} arguments, not #{[least, most]}" if found != [least, most]
    return "has the keywords #{keywords}, not #{signature.keywords}" if keywords != signature.keywords
    return "takes any keyword, or does not" if kinds.include?(:keyrest) != signature.any_keywords?

    nil
  end

  it "has all public modules and classes, and no others" do
    expect(described.map(&:name)).to match_array modules.map(&:name)
    modules.each do |mod|
      entry = signatures[mod.name]
      expect(entry.kind).to eq mod.class.name.downcase
      next unless mod.is_a?(Class) && mod.superclass != Object

      names = [mod.superclass.name, mod.superclass.name.delete_prefix("RubyProf::")]
      expect(names).to include entry.superclass
    end
  end

  it "has their public methods, and no others" do
    modules.each do |mod|
      entry = signatures[mod.name]
      # Rake's TestTask is described by Rake.
      found = own_methods(mod).map(&:to_s)
      expect(entry.instance.values.select(&:public).map(&:name) - ["initialize"]).to match_array(found), mod.name
      expect(entry.singleton.keys).to match_array(mod.singleton_methods(false).map(&:to_s)), mod.name
      hidden = entry.instance.values.reject(&:public).map(&:name)
      expect(hidden - mod.private_instance_methods(false).map(&:to_s)).to eq []
    end
  end

  it "tells what arguments they take" do
    wrong = modules.flat_map do |mod|
      entry = signatures[mod.name]
      entry.instance.values.filter_map { |each| (found = misfit(each, mod.instance_method(each.name))) && "#{mod}##{each.name} #{found}" } +
        entry.singleton.values.filter_map { |each| (found = misfit(each, mod.method(each.name))) && "#{mod}.#{each.name} #{found}" }
    end
    expect(wrong).to eq []
  end

  it "has initialize where new can be called" do
    modules.grep(Class).each do |mod|
      own = mod.private_instance_methods(false).include?(:initialize)
      expect(signatures[mod.name].instance.key?("initialize")).to be(own), mod.name
    end
  end

  it "has their constants and what they include" do
    modules.each do |mod|
      entry = signatures[mod.name]
      values = mod.constants(false).reject { |name| mod.const_get(name).is_a?(Module) }
      expect(entry.constants.keys).to match_array(values.map(&:to_s)), mod.name
      entry.constants.each { |name, type| expect(mod.const_get(name)).to be_a Object.const_get(type[/\A\w+/]) }
      expect(entry.includes.include?("Comparable")).to be(mod <= Comparable ? true : false)
    end
  end

  it "finds what does not fit" do
    signature = signatures["RubyProf::CallTreeVisitor"].instance["initialize"]
    expect(misfit(signature, RubyProf::CallTreeVisitor.instance_method(:initialize))).to be_nil
    expect(misfit(signature, RubyProf::CallTree.instance_method(:depth))).to eq "takes 0 arguments"
    expect(misfit(signature, RubyProf::AbstractPrinter.instance_method(:initialize))).to include "keywords"
    expect(misfit(signature, RubyProf::AbstractPrinter.instance_method(:method_href))).to include "[2, 2]"
  end

  it "comes with the gem" do
    files = Gem::Specification.load(File.join(GEM_ROOT, "ruby-prof-rs.gemspec")).files
    expect(files.grep(/\.rbs\z/).sort).to eq Dir.glob("sig/**/*.rbs", base: GEM_ROOT).sort
  end

  describe "read by the rbs gem" do
    before do
      require "rbs"
      require "open3"
    rescue LoadError
      skip "this Ruby has no rbs gem; the examples above read the signatures without it"
    end

    def environment
      loader = RBS::EnvironmentLoader.new
      loader.add(library: "pathname", version: nil)
      loader.add(path: Pathname(File.join(GEM_ROOT, "sig")))
      RBS::Environment.from_loader(loader).resolve_type_names
    end

    it "has no type that is not there" do
      command = [RbConfig.ruby, Gem.bin_path("rbs", "rbs"), "-r", "pathname", "-I", File.join(GEM_ROOT, "sig"), "validate"]
      output, status = Open3.capture2e(*command)
      expect(status).to be_success, output
    end

    it "tells the types of arguments and results" do
      result = ruby_file(File.join(SPEC_ROOT, "support/typed_calls.rb"), File.join(GEM_ROOT, "sig"))
      expect(result).to be_success, result.stderr
      *misfits, calls = result.stdout.lines
      expect(misfits).to eq []
      expect(calls.to_i).to be > 1_000
    end

    it "says what the reader here reads" do
      builder = RBS::DefinitionBuilder.new(env: environment)
      signatures.entries.each_value do |entry|
        next if entry.kind == "interface"

        name = RBS::TypeName.new(name: entry.name.split("::").last.to_sym,
                                 namespace: RBS::Namespace.new(path: entry.name.split("::")[0..-2].map(&:to_sym), absolute: true))
        [[builder.build_instance(name), entry.instance], [builder.build_singleton(name), entry.singleton]].each do |definition, methods|
          methods.each_value do |method|
            known = definition.methods.fetch(method.name.to_sym)
            expect([known.accessibility == :public || method.name == "initialize", known.method_types.size]).to eq [method.public || method.name == "initialize", method.overloads.size]
            known.method_types.zip(method.overloads) do |type, overload|
              function = type.type
              positional = function.required_positionals.size
              expect([overload.least, overload.most]).to eq [positional, function.rest_positionals ? nil : positional + function.optional_positionals.size]
              expect(overload.keywords.map(&:to_sym)).to match_array(function.required_keywords.keys + function.optional_keywords.keys)
              expect(overload.block.nil?).to be type.block.nil?
            end
          end
        end
      end
    end
  end
end
