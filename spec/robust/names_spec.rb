# frozen_string_literal: true

require_relative "isolated"

RSpec.describe "hostile names" do
  around do |example|
    verbose, $VERBOSE = $VERBOSE, nil
    example.run
  ensure
    $VERBOSE = verbose
  end

  def names_of(*names)
    klass = Class.new
    names.each { |name| klass.define_method(name) { 1 } }
    object = klass.new
    result = profile(c_calls: false) { names.each { |name| object.send(name) } }
    result.threads.flat_map(&:methods).map(&:method_name)
  end

  ["", " ", "a\nb", "a\0b", "</script>", "x" * 100_000, "a#b", "[global]", "日本"].each do |name|
    it "keeps #{name[0, 10].inspect}" do
      expect(names_of(name.to_sym)).to include(name.to_sym)
    end
  end

  %w[EUC-JP UTF-16LE].each do |encoding|
    it "reads a name in #{encoding}" do
      names = names_of("日本".encode(encoding).to_sym)
      expect(names.compact.map { |name| name.to_s.encode("UTF-8") }).to include("日本")
    end
  end

  it "tells names apart that are no text" do
    klass = Class.new
    names = ["a\xff", "a\xfe"].map { |name| name.dup.force_encoding("BINARY").to_sym }
    names.each { |name| klass.define_method(name) { 1 } }
    result = profile(c_calls: false) { names.each { |name| klass.new.send(name) } }
    called = result.threads.flat_map(&:methods).select { |m| m.method_name.to_s.start_with?("a") }
    expect(called.map(&:called)).to eq [1, 1]
  end

  it "puts no markup and no control character of a name into a page" do
    klass = Class.new { define_method(:"</script><b>&\e[31m\n\0") { 1 } }
    page = RubyProf::GraphHtmlPrinter.new(profile { klass.new.send(:"</script><b>&\e[31m\n\0") })
                                     .print(+"", title: "</title><script>")
    expect(page).not_to match(%r{</script><b>|</title><script>|\0|\e})
  end

  it "asks nothing of classes that answer wrongly" do
    evil = Class.new do
      %i[name inspect to_s hash == singleton_class instance_method respond_to? allocate].each do |name|
        define_singleton_method(name) { |*| raise "asked for #{name}" }
      end
      %i[hash == class inspect to_s].each { |name| define_method(name) { |*| raise "asked for #{name}" } }
      define_method(:go_on) { Object.new }
      define_singleton_method(:begin_it) { new.go_on }
    end
    result = profile(track_allocations: true) { evil.begin_it }
    expect(result.threads.flat_map(&:methods).map(&:method_name)).to include(:begin_it, :go_on)
  end
end
