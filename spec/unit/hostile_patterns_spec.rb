# frozen_string_literal: true

require "tmpdir"

# Patterns, and the names they meet, that nobody expects.
RSpec.describe "patterns of methods" do
  def names(profile)
    profile.threads.flat_map(&:methods).map(&:full_name)
  end

  it "are no BasicObject, and no nameless gem" do
    result = RubyProf.profile { 1.to_s }
    expect { result.without(BasicObject.new) }.to raise_error(ArgumentError, /BasicObject is no pattern/)
    [nil, "", [], [nil], 3, BasicObject.new].each do |name|
      expect { result.without({ gem: name }) }.to raise_error(ArgumentError, /a gem is named by a String/)
    end
  end

  it "ask no module's own methods whether it is one" do
    liar = Class.new do
      def self.is_a?(*) = raise("asked")
      def self.singleton_class = raise("asked")
      def self.class = raise("asked")
      def self.hidden = 1
    end
    profile = RubyProf::Profile.new
    profile.exclude_singleton_methods!(liar, :hidden)
    profile.profile { liar.hidden }
    expect(names(profile).grep(/hidden/)).to eq []
    expect { profile.exclude_singleton_methods!(BasicObject.new, :x) }.to raise_error(TypeError, /not BasicObject/)
  end

  it "in another encoding than a name do not match it" do
    stub_const("Spoken", Class.new { define_method(:"été") { 1.to_s } })
    result = RubyProf.profile { Spoken.new.été }
    other = Regexp.new("caf\xE9".dup.force_encoding("ISO-8859-1"))
    expect(names(result.without(other))).to eq names(result)
    expect(names(result.only(other, "Spoken#été"))).to include("Spoken#été")
    expect(names(RubyProf::Profile.new(exclude: [other]).profile { Spoken.new.été })).to include("Spoken#été")
  end

  it "meet names of files that are none" do
    stub_const("Odd", Class.new)
    Odd.class_eval("def bytes = 1.to_s", "a\xFFb.rb")
    result = RubyProf.profile { Odd.new.bytes }
    [:app, :gems, :stdlib, "lib/", "**/*.rb", /Other/].each do |pattern|
      expect(names(result.without(pattern))).to include("Integer#to_s")
    end
    expect(names(result.without(Odd))).not_to include("Odd#bytes")
    # Of a file that somebody else wrote.
    filter = RubyProf::Filter.new(exclude: ["a", "Odd#nul"])
    expect(filter.hidden([["Odd#nul", "Odd", 0, "nul", "a\0b.rb"], ["Odd#x", "Odd", 0, "x", "a\0b.rb"]])).to eq [true, false]
  end

  it "meet relative names when the current directory is gone", stress: false do
    script = <<~RUBY
      require "ruby-prof"
      eval("def work = 1.to_s", TOPLEVEL_BINDING, "relative.rb")
      Dir.chdir(ARGV[0])
      result = RubyProf.profile { work }
      Dir.rmdir(ARGV[0])
      puts result.without("Integer#to_s").threads[0].methods.map(&:full_name)
    RUBY
    ended = Dir.mktmpdir { |directory| Dir.mkdir("#{directory}/x") && ruby(script, "#{directory}/x") }
    expect([ended.stderr, ended.stdout.lines.grep(/to_s|work/)]).to eq ["", ["Object#work\n"]]
  end
end
