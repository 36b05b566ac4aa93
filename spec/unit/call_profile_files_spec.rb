# frozen_string_literal: true

require "ruby-prof/expectations/call_profile"
require "pathname"
require "timeout"
require "tmpdir"

# Call profiles that are kept beside the tests.
RSpec.describe "A call profile's file" do
  expectations = RubyProf.module_eval("Expectations", __FILE__, __LINE__)
  let(:expectation_class) { expectations::CallProfileExpectation }
  # A place of its own for code, so that it is not the tests'.
  around do |example|
    Dir.mktmpdir do |directory|
      Dir.chdir(File.realpath(directory)) do
        File.write("shop.rb", <<~RUBY)
          class FileShop
            attr_accessor :times, :odd
            def initialize = @times = 3
            def sell = times.times { |n| price(n) }
            def price(number) = tax(number)
            def tax(number) = number
            def unstable
              self.odd = odd.to_i + 1
              odd.times { price(1) }
              odd.odd? ? tax(1) : wrapped
            end
            def wrapped = tax(1)
            def fail_now = raise(IndexError, "mine")
            def memo = @memo ||= tax(1)
          end
        RUBY
        load "./shop.rb"
        example.run
      ensure
        Object.send(:remove_const, :FileShop) if Object.const_defined?(:FileShop)
      end
    end
  end

  before do
    stub_const("ENV", ENV.to_h.except("CI", "RUBY_PROF_UPDATE", "NO_COLOR").merge("TERM" => "dumb"))
  end

  let(:shop) { FileShop.new }
  let(:said) { StringIO.new }

  def env(values)
    stub_const("ENV", ENV.to_h.merge(values))
  end

  # @return [Array] whether it passed, and the message
  def check(name = "shop", negated: false, **options, &block)
    was = $stderr
    $stderr = said
    verdict = expectation_class.new(name, **options).check(block, negated: negated)
    expect(verdict.passed?).to be verdict.passed
    verdict.to_a
  ensure
    $stderr = was
  end

  # What a test wrote is known in its process only.
  def another_process
    RubyProf::CallProfile.const_get(:GoldenFile).written.clear
  end

  def path(name = "shop")
    "spec/call_profiles/#{name}.json"
  end

  it "is written the first time, and compared later" do
    expect(check { shop.sell }).to eq [true, "wrote #{path}: 3 methods, 7 calls. Commit it"]
    # The dots of a run's progress may be in the line.
    expect(said.string).to eq "\nruby-prof: wrote #{path}: 3 methods, 7 calls. Commit it\n"
    written = File.read(path)
    expect(RubyProf::CallProfile.load(path).callers("FileShop#price")).to eq "FileShop#sell" => 3
    expect(check { shop.sell }).to eq [true, nil]
    shop.times = 4
    another_process
    passed, message = check { shop.sell }
    expect(passed).to be false
    expect(message).to eq <<~TEXT.chomp
      expected the calls of #{path}, but 2 methods differ (then -> now):

        + FileShop#price         3 -> 4  +33%
            from FileShop#sell   3 -> 4
        + FileShop#tax           3 -> 4  +33%
            from FileShop#price  3 -> 4

      If this is meant, write the file anew: RUBY_PROF_UPDATE=1
    TEXT
    expect(File.read(path)).to eq written
    expect(check(within: "34%") { shop.sell }).to eq [true, nil]
    expect(check(within: { "FileShop#price" => 1 }) { shop.sell }[1]).to include("but 1 method differs (").and include("FileShop#tax")
    expect(check(ignore: ["FileShop#price"]) { shop.sell }.first).to be false
  end

  it "fails for fewer calls too" do
    check { shop.sell }
    shop.times = 1
    expect(check { shop.sell }[1]).to include "  - FileShop#price         3 -> 1  -67%"
  end

  it "is written anew on request, and left alone where nothing is new" do
    check { shop.sell }
    env("RUBY_PROF_UPDATE" => "1")
    File.utime(0, 0, path)
    expect(check { shop.sell }).to eq [true, nil]
    expect(File.mtime(path).to_i).to eq 0
    another_process
    shop.times = 5
    expect(check { shop.sell }).to eq [true, "wrote #{path}: 3 methods, 11 calls. Commit it"]
    env("RUBY_PROF_UPDATE" => "0")
    expect(check { shop.sell }).to eq [true, nil]
  end

  it "is not written in CI, where nobody would keep it" do
    ["true", "1", "yes"].each do |value|
      env("CI" => value)
      expect(check { raise "it runs" }).to eq [false, "there is no call profile #{path}, and in CI (CI=#{value}) none is written: " \
                                                      "run this test on your machine, which writes the file, and commit it"]
    end
    expect(Dir["**/*.json"]).to eq []
    env("CI" => "false")
    expect(check { shop.sell }.first).to be true
    env("CI" => "true")
    expect(check { shop.sell }).to eq [true, nil]
    env("RUBY_PROF_UPDATE" => "1")
    expect(check("other") { shop.sell }.first).to be true
  end

  it "is not written of a block that makes other calls each time" do
    expect(check { shop.unstable }).to eq [false, <<~TEXT.chomp]
      the block is not deterministic, so #{path} was not written. Calls in three runs:
        FileShop#price 2, 3, 4
        FileShop#tax 3, 4, 5
        FileShop#wrapped 1, 0, 1
      Make it so (seeds, clocks, caches, other threads), or leave methods out: ignore: ["Foo#bar"]
    TEXT
    expect(Dir["**/*.json"]).to eq []
    expect(check(ignore: [/price|tax|wrapped/]) { shop.unstable }.first).to be true
    shop.memo
    flip = false
    expect(check("callers") { (flip = !flip) ? shop.wrapped : [shop.tax(1), shop.memo] }[1])
      .to include("FileShop#memo 1, 0, 1").and include("FileShop#tax 1, 1, 1 (by different callers)")
  end

  it "tolerates from run to run what it tolerates of the file" do
    expect(check(within: { /FileShop/ => 4 }) { shop.unstable }.first).to be true
    another_process
    expect(check(within: { /FileShop/ => 4 }) { shop.unstable }.first).to be true
    expect(check("other", within: { /FileShop/ => 1 }) { shop.unstable }[1]).to match(/three runs:\n  FileShop#price \d+, \d+, \d+\n  FileShop#tax/)
  end

  it "and a block that makes other calls each time: that is said" do
    check { shop.tax(1) }
    expect(check { shop.unstable }[1]).to include("These differ from run to run of the block, and cannot be relied on:\n  FileShop#price 2, 3, 4\n")
    expect(check { shop.sell }[1]).not_to include("differ from run to run")
  end

  it "has warm runs, or cold ones" do
    runs = 0
    check { shop.memo; shop.price(1); runs += 1 }
    expect([runs, RubyProf::CallProfile.load(path).callers("FileShop#tax")]).to eq [4, { "FileShop#price" => 1 }]
    cold = FileShop.new
    expect(check("cold", cold: true) { cold.memo; runs += 1 }.first).to be true
    expect([runs, RubyProf::CallProfile.load(path("cold")).callers("FileShop#tax")]).to eq [7, { "FileShop#memo" => 1 }]
    expect(check("cold", cold: true) { cold.memo }[1]).to include "- FileShop#tax"
    expect(check("cold", cold: true) { FileShop.new.memo }[1]).to include "+ FileShop#initialize"
    expect(check("odd", cold: true) { shop.unstable }[1]).to include "second and third run:\n  FileShop#price 2, 3\n"
  end

  it "has the calls of all threads on request" do
    work = -> { Thread.new { shop.price(1) }.join }
    expect(check(&work)[1]).to include "called no method of your own code"
    expect(check(all_threads: true, &work).first).to be true
  end

  it "is not written without calls" do
    expect(check { 1.to_s }[1]).to eq "the block called no method of your own code, so #{path} was not written. " \
                                      "Methods elsewhere can be taken: including: [\"JSON.*\"]"
    FileUtils.mkdir_p("spec")
    File.write("spec/in_spec.rb", "class FileInSpec; def a = 1; end")
    load "./spec/in_spec.rb"
    expect(check { FileInSpec.new.a }[1]).to end_with %(It called methods of the tests themselves: FileInSpec#a. Take them with including: "FileInSpec#a")
    expect(check(including: "FileInSpec#a") { FileInSpec.new.a }.first).to be true
    expect(File.read(path)).not_to include "top level"
  ensure
    Object.send(:remove_const, :FileInSpec)
  end

  it "names methods of the tests that were called, or their classes" do
    FileUtils.mkdir_p("spec")
    File.write("spec/many_spec.rb", "class FileInSpec; %w[a b c d e].each { |name| class_eval(\"def \#{name} = 1\", __FILE__) }; def self.f = 1; end\n" \
                                    "%w[A B C].each { |name| FileInSpec.const_set(name, Class.new { class_eval('def x = 1', __FILE__) }) }\n")
    load "./spec/many_spec.rb"
    all = -> { %i[a b c d e].each { |name| FileInSpec.new.public_send(name) } && FileInSpec.f }
    expect(check(&all)[1]).to end_with 'tests themselves: FileInSpec.f, FileInSpec#a, FileInSpec#b and 3 more. Take them with including: "FileInSpec"'
    expect(check { FileInSpec.f && FileInSpec.new.a }[1]).to end_with 'themselves: FileInSpec.f, FileInSpec#a. Take them with including: ["FileInSpec.f", "FileInSpec#a"]'
    nested = -> { FileInSpec.constants.each { |name| FileInSpec.const_get(name).new.x } }
    expect(check { all.call && nested.call }[1]).to end_with 'including: ["FileInSpec", "FileInSpec::A", "FileInSpec::B"] and 1 more class'
    expect(check(including: "FileInSpec", &all)[1]).to include "6 methods, 6 calls"
  ensure
    Object.send(:remove_const, :FileInSpec)
  end

  it "says which patterns name what the program does not have" do
    stub_const("FileLazy", Class.new { def method_missing(*) = 1 })
    Object.autoload(:FileNotLoaded, File.join(Dir.pwd, "file_not_loaded.rb"))
    check { shop.sell }
    { { ignore: "FileShpo" } => 'ignore: "FileShpo" matches nothing: the program has no FileShpo. Correct it, or leave it out',
      { ignore: ["FileShop", "FileShop::Nope"] } => /ignore: "FileShop::Nope" matches nothing: the program has no FileShop::Nope/,
      { within: { "Nope" => 1 } } => /within: "Nope" matches nothing/, { including: ["Nope#x"] } => /including: "Nope#x" matches nothing: the program has no Nope\./,
      { including: ["FileShop#sel"] } => /FileShop has no instance method sel\./, { including: ["FileShop.sell"] } => /FileShop has no method sell of its own\./,
      { ignore: ["Comparable#nope"] } => /Comparable has no instance method nope/ }.each do |options, message|
      expect { check(**options) { shop.sell } }.to raise_error(ArgumentError, message)
      expect { check("new", **options) { shop.sell } }.to raise_error(ArgumentError, message)
      expect { check(negated: true, **options) { shop.sell } }.to raise_error(ArgumentError, message)
    end
    expect(Dir["**/new.json"]).to eq []
    # What is not called this time, or not there yet, may be meant.
    [["FileShop#memo"], [:gems], [/nope/], ["Nope*#x"], ["lib/nope.rb"], ["FileLazy#made_later"], ["FileNotLoaded"], ["FileNotLoaded#x", FileLazy], "FileLazy", nil].each do |ignore|
      expect([ignore, *check(ignore: ignore) { shop.sell }]).to eq [ignore, true, nil]
    end
    expect(Object.autoload?(:FileNotLoaded)).not_to be_nil
  ensure
    Object.send(:remove_const, :FileNotLoaded)
  end

  it "lets exceptions of the block through, and writes nothing" do
    expect { check { shop.fail_now } }.to raise_error(IndexError, "mine")
    expect { check(cold: true) { shop.fail_now } }.to raise_error(IndexError, "mine")
    expect(Dir["**/*.json"]).to eq []
    expect(catch(:out) { check { throw :out, 5 } }).to eq 5
    expect(check { shop.sell }.first).to be true
  end

  it "is that of one test: another one says so" do
    check { shop.sell }
    shop.times = 7
    expect(check { shop.sell }[1]).to end_with("\n\nThe file was written in this run by the same line: give each example a name of its own")
    other = expectation_class.new("shop").check(-> { shop.sell }).message
    expect(other).to match(/^The file was written in this run by .*call_profile_files_spec\.rb:\d+: give each example a name of its own$/)
    env("RUBY_PROF_UPDATE" => "1")
    passed, message = check { shop.sell }
    expect(passed).to be false
    expect(message).to match(/\Atwo tests want to write #{path} with different calls; the other is the same line: give each/)
    expect(RubyProf::CallProfile.load(path).called("FileShop#price")).to eq 3
    shop.times = 3
    expect(check { shop.sell }).to eq [true, nil]
  end

  it "can be differed from" do
    expect(check(negated: true) { shop.sell }).to eq [false, "there is no call profile #{path}, so nothing can differ from it"]
    expect(Dir["**/*.json"]).to eq []
    check { shop.sell }
    expect(check(negated: true) { shop.sell }).to eq [false, "expected the block's calls to differ from #{path}, but they are the same"]
    expect(check(negated: true) { shop.price(1) }).to eq [true, nil]
    expect(check(negated: true, within: "300%") { 2.times { shop.sell } }.first).to be false
  end

  it "is where it is told to be" do
    check("jobs/éte/run it") { shop.sell }
    check("b", directory: "test/call_profiles") { shop.sell }
    check("c", directory: File.join(Dir.pwd, "absolute")) { shop.sell }
    expect(Dir["**/*.json"].sort).to eq ["absolute/c.json", "spec/call_profiles/jobs/éte/run it.json", "test/call_profiles/b.json"]
    made = expectation_class.new("d", directory: "x")
    expect(made.path).to eq File.join(Dir.pwd, "x/d.json")
    Dir.mktmpdir { |other| Dir.chdir(other) { expect(made.path).not_to start_with Dir.pwd } }
  end

  it "has a name that may be a path as messages have it, or a Symbol" do
    ["golden.json", :golden, "spec/call_profiles/golden.json", "spec/call_profiles/golden"].each do |name|
      expect([name, expectation_class.new(name).path]).to eq [name, File.join(Dir.pwd, "spec/call_profiles/golden.json")]
    end
    expect(expectation_class.new("x/golden.json", directory: Pathname("x/")).path).to eq File.join(Dir.pwd, "x/golden.json")
    expect(expectation_class.new("#{Dir.pwd}/x/golden.json", directory: "#{Dir.pwd}/x").path).to eq File.join(Dir.pwd, "x/golden.json")
    expect { expectation_class.new(".json") }.to raise_error(ArgumentError, /it is empty/)
  end

  it "has a name that leads nowhere else" do
    ["", " ", ".", "..", "../a", "a/../b", "a/..", "/a", "~/a", "~", "a//b", "a/", "./a", ".hidden", "a/.git", "a\\..\\b", "C:a", "a\0b", "a\nb", "a*", "a?",
     "a|b", "<a>", "a ", " a", "a.", "\xFF", "a" * 201, "a".encode("UTF-16LE") + "\0".dup.force_encoding("UTF-16LE")].each do |name|
      expect { expectation_class.new(name) }.to raise_error(ArgumentError, /is no name of a call profile: .*Give one such as "job_run"/), name.inspect
    end
    expect { expectation_class.new("../../etc/passwd") }.to raise_error(ArgumentError, %r{\A"../../etc/passwd" is no name of a call profile: it leads elsewhere\.})
    [nil, 1, ["a"], BasicObject.new].each { |name| expect { expectation_class.new(name) }.to raise_error(TypeError, /is a String or a Symbol, not/) }
    ["Foo#bar", "a.b", "a..b", "été", "a b/c-d", "a" * 200].each { |name| expect(expectation_class.new(name).path).to end_with "/#{name}.json" }
    expect { expectation_class.new("x" * 1_000_000) }.to raise_error { |e| expect(e.message.length).to be < 300 }
  end

  it "refuses options that cannot be used, before the block runs" do
    [[:ignore, [1]], [:ignore, [nil]], [:including, [""]], [:including, [nil]], [:within, "much"]].each do |option, value|
      expect { expectation_class.new("a", option => value) }.to raise_error(ArgumentError), "#{option} #{value}"
    end
    [nil, 5, BasicObject.new].each do |directory|
      expect { expectation_class.new("a", directory: directory) }.to raise_error(TypeError, /the directory of call profiles is a String or a Pathname, not (?:NilClass|Integer|BasicObject)/)
    end
    expect { expectation_class.new("a", none: 1) }.to raise_error(ArgumentError, /none/)
  end

  it "is left alone where it is damaged, later, unreadable or in the way" do
    FileUtils.mkdir_p(File.dirname(path))
    { "{" => /#{path} is damaged/, "" => /is damaged/, '{"format":"ruby-prof call profile","version":9}' => /#{path} is of a later release/ }.each do |content, message|
      File.write(path, content)
      expect { check { raise "it runs" } }.to raise_error(RubyProf::FormatError, message)
      expect(File.read(path)).to eq content
    end
    File.write(path, "{ \"a\": \e[31m#{"x" * 1_000_000}")
    expect { check { raise "it runs" } }.to raise_error(RubyProf::FormatError, /\A#{path} is damaged \([^\e\n]{10,170}\): restore it, or write it anew: RUBY_PROF_UPDATE=1\z/)
    File.delete(path)
    # Opening a pipe would wait.
    File.mkfifo(path)
    2.times do |update|
      env("RUBY_PROF_UPDATE" => update.to_s)
      expect { Timeout.timeout(5) { check { shop.sell } } }.to raise_error(RubyProf::FormatError, "#{path} is no regular file (fifo): remove it")
    end
    env("RUBY_PROF_UPDATE" => "")
    File.delete(path)
    Dir.mkdir(path)
    expect { check { shop.sell } }.to raise_error(RubyProf::FormatError, /#{path} cannot be read: Is a directory\z/)
    Dir.rmdir(path)
    File.write("file", "")
    expect { check(directory: "file/x") { shop.sell } }.to raise_error(RubyProf::OutputError, %r{file/x/shop\.json cannot be written: .+})
    File.symlink("nowhere/x.json", path)
    expect { check { shop.sell } }.to raise_error(RubyProf::FormatError, /cannot be read: No such file/)
  end

  it "shows colours on request only" do
    check { shop.sell }
    shop.times = 4
    expect(check(color: true) { shop.sell }[1]).to include "\e[0m\e[31m  + FileShop#price"
    expect(check { shop.sell }[1]).not_to include "\e"
  end

  it "is not told by our own methods: a profile around shows none" do
    check { shop.sell }
    result = RubyProf::Profile.new(c_calls: false).profile { check { shop.sell } }
    expect(result.threads.flat_map(&:methods).map(&:full_name).grep(/RubyProf::(?:CallProfile|Expectations)/)).to eq []
  end
end
