# frozen_string_literal: true

require "command"
require "rake"
require "ruby-prof/task"
require "ruby_prof_names"
require "stringio"

# docs/ruby-prof.md has a row for each name of ruby-prof, and what a row says of a name holds: it is there and takes
# what ruby-prof's takes, or it is not there.
RSpec.describe "docs/ruby-prof.md", stress: false do
  include Command

  names = RubyProfNames
  page = File.read(File.join(GEM_ROOT, "docs/ruby-prof.md"), encoding: Encoding::UTF_8)
  rows = page.scan(/^\| `(.+?)` \| (\w+) \| (.*?) ?\|$/)
  here = rows.to_h { |name, state, _| [name, state] }

  define_method(:gone?) { |name| here.fetch(name) == "gone" }

  # Standard error while the block runs, with the warnings.
  def said
    kept, $stderr = $stderr, StringIO.new
    yield
    $stderr.string
  ensure
    $stderr = kept
  end

  # Silences what must be said once.
  def constant(name)
    result = nil
    said { result = name.split("::").inject(Object) { |scope, part| scope.const_get(part) } }
    result
  end

  def takes?(method, count)
    method.arity.negative? ? count >= -method.arity - 1 : count == method.arity
  end

  def finished
    @finished ||= profile { 1.to_s }
  end

  it "has a row for each name, and no other" do
    expect(rows.map(&:first)).to match_array names.all
  end

  it "has no row that a machine cannot read, and no other states" do
    expect(page.lines.grep(/^\|/).grep_v(/^\| name \||^\|---/).size).to eq rows.size
    expect(rows.map { |_, state, _| state }.uniq).to match_array %w[same better differs gone]
    expect(rows.select { |_, state, why| state != "same" && why.empty? }).to eq []
  end

  it "speaks of what was required" do
    names::FILES.each do |file|
      # An installed ruby-prof may have what we lack.
      result = plain_ruby("-e", "require #{file.dump}; exit $LOADED_FEATURES.include?(#{"#{Command::LIBRARY}/#{file}.rb".dump})")
      expect(result.success?).to be(!gone?("require \"#{file}\"")), "#{file}: #{result.stderr}"
    end
  end

  it "speaks of constants" do
    names::CONSTANTS.each do |name, wanted|
      found = constant(name)
      expect(wanted === found || found == wanted).to be(true), "#{name} is #{found.inspect}" # rubocop:disable Style/CaseEquality
    end
  end

  it "speaks of methods that take what ruby-prof's take" do
    names::METHODS.each do |name, counts|
      owner, kind, method = name.match(/\A(.+?)([.#])([^.#]+)\z/).captures
      owner = constant(owner)
      found =
        if kind == "#" then owner.instance_method(method)
        elsif method == "new" then owner.instance_method(:initialize)
        else owner.method(method)
        end
      expect(counts.reject { |count| takes?(found, count) }).to eq([]), "#{name} does not take as many arguments as #{counts}"
      hidden = %w[new].include?(method) || (kind == "#" && owner.private_method_defined?(method))
      expect(hidden).to be(%w[new print_methods].include?(method)), "#{name} cannot be called from outside"
    end
  end

  it "speaks of options of Profile.new" do
    names::PROFILE_OPTIONS.each do |name, value|
      expect(said { RubyProf::Profile.new(**{ name => value }) }).to eq ""
    end
    expect { RubyProf::Profile.new(nonsense: 1) }.to raise_error(ArgumentError, /nonsense/)
  end

  it "speaks of options of printers" do
    names::PRINT_OPTIONS.each do |name, (printers, value, wrong)|
      printers.each do |kind|
        printer = RubyProf.const_get("#{kind}Printer").new(finished)
        output = %w[CallTree Multi].include?(kind) ? [] : [+""]
        others = output.empty? ? { path: directory } : {}
        value = directory if name == :path
        expect(said { printer.print(*output, **others, name => value) }).to eq(""), "#{kind} #{name}"
        # One that it only swallowed could be anything.
        expect { printer.print(*output, **others, name => wrong) }.to raise_error(StandardError, /#{name}/) if wrong
      end
    end
    expect(RubyProf::GraphHtmlPrinter.new(finished).print(+"", nonzero: true)).not_to include("Integer#to_s</a>")
    expect(said { RubyProf::FlatPrinter.new(finished).print(+"", nonsense: 1) }).to include("does not know :nonsense")
  end

  it "speaks of the reports of a MultiPrinter, and of their files" do
    names::MULTI.each do |kind, file|
      name = file.end_with?("PID") ? file.sub("PID", Process.pid.to_s) : "profile.#{file}"
      made = RubyProf::MultiPrinter.new(finished, [kind])
      made.print(path: directory)
      expect(files).to eq [name]
      row = rows.find { |each, *| each == "MultiPrinter.new(result, [:#{kind}])" }
      expect(row[2]).to eq "`#{name.sub(Process.pid.to_s, "PID")}`"
      File.delete(File.join(directory, name))
    end
    expect(RubyProf::MultiPrinter.new(finished).tap { |multi| multi.print(path: directory) }.flame_graph_report).to satisfy { |path| File.exist?(path) }
  end

  it "speaks of what printers of one's own find" do
    heir = Class.new(RubyProf::AbstractPrinter) do
      define_method(:print_methods) { |_| @output << names::PRINTER_VARIABLES.map { |name| instance_variable_get(name).class }.inspect }
    end
    expect(heir.new(finished).print(+"", own: 1)).to include("[RubyProf::Profile, String, Hash]")
  end

  it "speaks of options of the adapter for Rack" do
    app = ->(_) { [200, {}, []] }
    names::RACK_OPTIONS.each do |name, value|
      expect(said { Rack::RubyProf.new(app, **{ name => value }) }).to eq ""
      Rack::RubyProf.new(app, { name => value })
    end
    expect { Rack::RubyProf.new(app, nonsense: 1) }.to raise_error(ArgumentError, /nonsense/)
  end

  it "speaks of words of the command" do
    help = ruby_prof("--help").stdout
    names::WORDS.each do |word, (value, shown)|
      # All words are read before the version is told.
      result = ruby_prof(*word, *value, "--version")
      expect([result.status.exitstatus, result.stdout[/\S+$/]]).to be == [0, RubyProf::VERSION] if word !~ /\A(?:-h|--help)\z/
      expect(result.status.exitstatus).to eq 0
      option, choice = word.split("=")
      # flat_with_line_numbers is a word of the sort too.
      expect(help.match?(/(?<![\w-])#{option.sub("--c", "--(?:\\[no-\\])?c")}(?![\w-])/)).to be(shown || !choice.nil?), word
      expect(help.match?(/(?<![\w-])#{choice}(?![\w-])/)).to(be(shown), word) if choice
    end
    expect(ruby_prof("--nonsense", "--version").status.exitstatus).to eq 255
    file("says.rb", "p ARGV, $0")
    expect(ruby_prof("says.rb", "--", "a", "-b").stdout).to start_with %(["a", "-b"]\n"says.rb"\n)
  end

  it "speaks of programs that are not there" do
    names::PROGRAMS.each do |name|
      expect(File.exist?(File.join(GEM_ROOT, "exe", name))).to be(!gone?(name))
    end
  end

  it "speaks of environment variables" do
    names::MODES.each do |value, mode|
      result = plain_ruby("-rruby-prof", "-e", "print RubyProf.measure_mode", env: { "RUBY_PROF_MEASURE_MODE" => value })
      expect(result.stdout).to eq(mode.to_s), value
      expect(result.stderr.empty?).to be(here.fetch("RUBY_PROF_MEASURE_MODE=#{value}") != "differs"), result.stderr
    end
    sources = Dir[File.join(GEM_ROOT, "{lib,exe}/**/*")].select { |path| File.file?(path) && !path.end_with?(".so") }
    code = sources.to_h { |path| [path, File.read(path, encoding: "UTF-8")] }
    names::VARIABLES.each do |name|
      read = code.values.any? { |text| text.match?(/ENV(?:\.fetch\(|\[)"#{name}"|ENV\.fetch\("#{name}"/) }
      # What is gone is read for one purpose: to say so.
      expect(read).to be(!gone?(name) || name == "RUBY_PROF_TRACE"), name
    end
    expect(auto("-e", "1.to_s", env: { "RUBY_PROF_TRACE" => "stderr" }).stderr).to include("RUBY_PROF_TRACE is not supported")
  end
end
