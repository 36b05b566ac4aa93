# frozen_string_literal: true

require_relative "isolated"

# Who is who, while objects move and vanish.
RSpec.describe "classes that move or vanish while a profile runs", stress: false do
  # What could keep the classes where they are, an address on a stack that the GC scans, is in a
  # fiber that has ended.
  moved = <<~RUBY
    require "objspace"
    def address(object) = ObjectSpace.dump(object)[/0x\\h+/]
    def own_addresses = $own.map { |klass| address(klass) }
    def deeper(levels, &block) = levels.zero? ? block.call : deeper(levels - 1, &block)
    $own = { module: RubyProf.singleton_class, class: RubyProf::Profile.singleton_class }.values
    before = own_addresses
    profile = RubyProf::Profile.new
    Fiber.new { deeper(200) { profile.start } }.resume
    Thread.new do
      GC.verify_compaction_references(toward: :empty, double_heap: true)
      GC.compact
    end.join
  RUBY

  before { skip "this Ruby cannot compact" unless GC.respond_to?(:compact) }

  it "keeps the profiler's own methods out after GC.compact" do
    expect(output_of(moved + <<~RUBY)).to eq "[]"
      RubyProf.running?
      RubyProf.measure_mode
      RubyProf::Profile.profile {}
      profile.stop
      p Child.counts(profile).keys.grep(/RubyProf::Profile>|Module::RubyProf>/)
    RUBY
  end

  it "records a class that the GC puts where the profiler's own was" do
    expect(output_of(moved + <<~RUBY)).to match(/\A(no such class|5)\z/)
      there = nil
      300_000.times do
        klass = Class.new
        break there = klass if before.include?(address(klass))
      end
      there&.class_eval { def wanted; end }
      5.times { there.new.wanted } if there
      profile.stop
      puts there ? Child.counts(profile).select { |name, _| name.end_with?("#wanted") }.values.sum : "no such class"
    RUBY
  end

  it "counts the methods of classes that are made, removed and moved" do
    expect(output_of(<<~RUBY)).to eq "[1500, 300, []]"
      profile = RubyProf.profile do
        300.times do |index|
          klass = Class.new { def passing; end }
          5.times { klass.new.passing }
          Object.const_set(:Gone, klass)
          def klass.own; end
          klass.own
          Object.send(:remove_const, :Gone)
          GC.start if index % 50 == 0
          GC.compact if index % 100 == 0
        end
      end
      GC.start
      sum = ->(name) { Child.counts(profile).sum { |full, called| full.end_with?(name) ? called : 0 } }
      p [sum["#passing"], sum["#own"], Child.faults(profile)]
    RUBY
  end

  it "does not grow with classes that pass" do
    count = ENV["HEAVY"] ? 1_000_000 : 50_000
    expect(output_of(<<~RUBY, seconds: 60)).to eq "[#{count}, #{count}, true]"
      before = Child.rss_megabytes
      profile = RubyProf.profile do
        #{count}.times do
          object = Object.new
          def object.single; end
          object.single
          Class.new { def passing; end }.new.passing
        end
      end
      sum = ->(name) { Child.counts(profile).sum { |full, called| full.end_with?(name) ? called : 0 } }
      p [sum["#single"], sum["#passing"], Child.rss_megabytes - before < 40]
    RUBY
  end

  it "does not grow with the files that passing classes are written in" do
    expect(output_of(<<~RUBY, seconds: 60)).to eq "true"
      before = Child.rss_megabytes
      RubyProf.profile do
        20_000.times do |index|
          name = "file \#{index}" + "x" * 2_000
          eval("Class.new { def passing; end; self }", nil, name).new.passing
        end
      end
      grown = Child.rss_megabytes - before
      puts grown < 25 || grown
    RUBY
  end
end
