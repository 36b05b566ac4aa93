# frozen_string_literal: true

require "command"
require "json"
require "pty"

RSpec.describe "ruby-prof check", stress: false do
  include Command

  program = <<~RUBY
    class Page
      def render(times) = times.times { Template.new.compile }
      def more = Template.new.helper
    end
    class Template
      def compile = helper
      def helper = 1
      def extra = 1
    end
    Page.new.render(Integer(ARGV.shift))
    ARGV.each { |name| name == "more" ? Page.new.more : Template.new.public_send(name) }
  RUBY

  # A saved profile of the program: how often it compiles, and what else it calls.
  def record(name, times, *more, options: [])
    ended = ruby_prof("--save", name, *options, "page.rb", times.to_s, *more)
    expect([ended.stderr, ended.status.exitstatus]).to eq ["", 0]
    name
  end

  before do
    file("page.rb", program)
    record("old.rbprof", 100)
  end

  # @return [Array] exit status, stdout, stderr
  def check(*words, **options)
    ended = ruby_prof("check", *words, **options)
    [ended.status.exitstatus, ended.stdout, ended.stderr]
  end

  def refused(*words)
    status, stdout, stderr = check(*words)
    expect([status, stdout, stderr.lines.size]).to eq([1, "", 1]), stderr
    expect(stderr).to start_with "ruby-prof: "
    stderr
  end

  def xml(text)
    require "rexml/document"
    REXML::Document.new(text)
  rescue LoadError
    skip "this Ruby has no rexml"
  end

  def verdict(*words)
    check("--baseline", "old.rbprof", *words).first
  end

  describe "with a baseline" do
    it "is content with the same calls, and with fewer" do
      record("same.rbprof", 100)
      expect(check("--baseline", "old.rbprof", "same.rbprof")).to eq [0, "Fine: 3 methods, 201 calls -> 201\n", ""]
      record("fewer.rbprof", 99)
      expect(check("--baseline", "old.rbprof", "fewer.rbprof")).to eq [0, <<~TEXT, ""]
        Changed, within the limits:
          - Template#compile         100 -> 99  -1%
              from Page#render       100 -> 99
          - Template#helper          100 -> 99  -1%
              from Template#compile  100 -> 99

        Fine: 3 methods, 201 calls -> 199
      TEXT
    end

    it "says what is called more often, not called before, and by whom, biggest first, and exits with 3" do
      record("new.rbprof", 1100, "extra", "more", "more")
      expect(check("--baseline", "old.rbprof", "new.rbprof")).to eq [3, <<~TEXT, ""]
        2 methods called more often (--max-count-growth 0):
          + Template#helper          100 -> 1,102  x11
              from Template#compile  100 -> 1,100
              from Page#more           0 ->     2
          + Template#compile         100 -> 1,100  x11
              from Page#render       100 -> 1,100

        2 methods not called before (--max-new-methods 0):
          + Page#more           0 -> 2  new
              from (top level)  0 -> 2
          + Template#extra      0 -> 1  new
              from (ruby)       0 -> 1

        1 method called by new callers (--max-new-edges 0):
          + Template#helper          100 -> 1,102  x11
              from Template#compile  100 -> 1,100
              from Page#more           0 ->     2

        Too much: 5 methods, 201 calls -> 2,206. Limits exceeded: max-count-growth, max-new-methods, max-new-edges
        If this is meant, write a new baseline: ruby-prof check --write FILE new.rbprof
      TEXT
    end

    it "has limits" do
      record("new.rbprof", 102, "more")
      pass = %w[--max-new-methods=1 --max-new-edges=1 --max-count-growth=3%]
      expect(verdict(*pass, "new.rbprof")).to eq 0
      { "--max-count-growth=3%" => %w[2.9% 2 0% 0], "--max-new-methods=1" => %w[0], "--max-new-edges=1" => %w[0] }.each do |word, others|
        others.each { |other| expect([word, other, verdict(*(pass - [word]), "#{word[/.*=/]}#{other}", "new.rbprof")]).to eq [word, other, 3] }
        expect([word, verdict(*(pass - [word]), "new.rbprof")]).to eq [word, 3]
        expect([word, verdict(*(pass - [word]), "#{word[/.*=/]}any", "new.rbprof")]).to eq [word, 0]
      end
      expect(verdict(*pass, "--max-count-growth=3", "new.rbprof")).to eq 0
      expect(check("--baseline", "old.rbprof", *pass, "new.rbprof")[1]).to start_with("Changed, within the limits:\n").and include("Fine: ")
    end

    it "has methods that are looked at, and methods that are not" do
      record("new.rbprof", 200, "extra")
      expect(verdict("--ignore", "Template", "new.rbprof")).to eq 0
      expect(verdict("--ignore", "Template#compile,Template#helper", "--ignore", "/extra/", "new.rbprof")).to eq 0
      expect(verdict("--ignore", "Template#compile", "new.rbprof")).to eq 3
      expect(verdict("--only", "Page", "new.rbprof")).to eq 0
      expect(verdict("--only", "Template", "new.rbprof")).to eq 3
      expect(verdict("--only", "page.rb", "new.rbprof")).to eq 3
      check("--write", "old.json", "old.rbprof")
      check("--write", "new.json", "new.rbprof")
      expect(check("--baseline", "old.json", "--ignore", "Template", "new.json").first).to eq 0
      expect(check("--baseline", "old.json", "--only", "Page", "new.json").first).to eq 0
      expect(check("--baseline", "old.json", "--only", "Template.compile", "new.json").first).to eq 1
      expect(check("--baseline", "old.json", "--only", "Template#compile", "new.json").first).to eq 3
    end

    it "looks at the same methods on both sides, whatever the files are" do
      file("page.rb", <<~RUBY)
        require "set"
        class Page
          attr_reader :id
          def render = [id, body].then { Template.run(self) }
          def body = Set.new([1])
        end
        class Template
          def self.run(page) = page.body && [1].each { helper(page) }
          def self.helper(page) = page.id
        end
        Integer(ARGV.shift).times { Page.new.render }
      RUBY
      record("now.rbprof", 2)
      check("--write", "now.json", "now.rbprof")
      [[], %w[--only Page], %w[--only Template], %w[--only Template.helper], %w[--only Page#body,Template], %w[--ignore Page], %w[--ignore Template.run],
       %w[--only page.rb], %w[--only Template --ignore Template.helper], %w[--only app --ignore stdlib,c],
       %w[--only /Page/]].each do |words|
        [%w[now.json now.rbprof], %w[now.rbprof now.json], %w[now.rbprof now.rbprof], %w[now.json now.json]].each do |before, after|
          status, stdout, stderr = check("--baseline", before, *words, after)
          expect([words, before, after, status, stderr, stdout]).to match [words, before, after, 0, "", /\AFine: [^\n]+\n\z/]
        end
      end
      # What it was written with, elsewhere too.
      check("--write", "set.json", "--only", "Set,Page", "now.rbprof")
      expect(JSON.parse(read("set.json"))["methods"].keys).to include("Set#initialize", "Page#id", "Page#body")
      expect(check("--baseline", "set.json", "--only", "Set,Page", "now.rbprof")).to match [0, /\AFine: /, ""]
      expect(check("--baseline", "set.json", "--only", "Set", "now.rbprof")).to match [0, /\AFine: /, ""]
      record("later.rbprof", 3)
      expect(check("--baseline", "set.json", "--only", "Set", "later.rbprof")).to match [3, /Set#initialize +4 -> 6/, ""]
    end

    it "says which patterns match nothing" do
      record("same.rbprof", 100)
      expect(check("--baseline", "old.rbprof", "--ignore", "Tmplate,Template#helper,/nope/", "same.rbprof"))
        .to eq [0, "Fine: 2 methods, 101 calls -> 101\n", <<~TEXT]
          ruby-prof: --ignore Tmplate matches no method of these profiles
          ruby-prof: --ignore /nope/ matches no method of these profiles
        TEXT
      expect(check("--baseline", "old.rbprof", "--only", "Template,Pag", "same.rbprof")[2]).to eq "ruby-prof: --only Pag matches no method of these profiles\n"
    end

    it "adds up several profiles, of whatever was measured" do
      record("a.rbprof", 40, options: ["--mode=allocations"])
      record("b.rbprof", 60)
      check("--write", "b.json", "b.rbprof")
      expect(check("--baseline", "old.rbprof", "a.rbprof", "b.json")[1]).to include "Page#render         1 -> 2"
      expect(check("--baseline", "old.rbprof", "--max-count-growth=1", "a.rbprof", "b.json").first).to eq 0
      record("c.rbprof", 61)
      expect(check("--baseline", "old.rbprof", "--max-count-growth=1%", "--ignore=Page#render", "a.rbprof", "c.rbprof").first).to eq 0
      expect(check("--baseline", "old.rbprof", "--max-count-growth=0.99%", "--ignore=Page#render", "a.rbprof", "c.rbprof").first).to eq 3
    end

    it "does not compare profiles with and without methods in C, if that shows" do
      file("page.rb", "class Item; def <=>(other) = 0; def work = [Item.new, Item.new].sort; end\nItem.new.work\n")
      record("with.rbprof", 1)
      record("without.rbprof", 1, options: ["--no-c-calls"])
      expect(refused("--baseline", "with.rbprof", "without.rbprof")).to include("with.rbprof and without.rbprof cannot be compared").and include("--no-c-calls")
      expect(refused("--baseline", "without.rbprof", "with.rbprof")).to include "with.rbprof and without.rbprof cannot be compared"
      expect(check("--baseline", "without.rbprof", "--only", "Item#work", "with.rbprof").first).to eq 0
    end
  end

  describe "with --write" do
    it "writes a call profile, which is a baseline" do
      expect(check("--write", "old.json", "old.rbprof")).to eq [0, "", "ruby-prof: wrote old.json: 3 methods, 201 calls\n"]
      expect(read("old.json")).to eq <<~JSON
        {
          "format": "ruby-prof call profile",
          "version": 1,
          "c_calls": true,
          "methods": {
            "Page#render": { "called": 1, "callers": {
              "(top level)": 1
            } },
            "Template#compile": { "called": 100, "callers": {
              "Page#render": 100
            } },
            "Template#helper": { "called": 100, "callers": {
              "Template#compile": 100
            } }
          }
        }
      JSON
      record("new.rbprof", 101)
      expect(check("--baseline", "old.json", "old.rbprof").first).to eq 0
      expect(check("--baseline", "old.json", "new.rbprof").first).to eq 3
      expect(check("--baseline", "old.rbprof", "old.json").first).to eq 0
    end

    it "says how to accept what is more" do
      check("--write", "a b.json", "old.rbprof")
      record("new.rbprof", 1101)
      expect(check("--baseline", "a b.json", "new.rbprof")[1].lines.last).to eq "If this is meant, write a new baseline: ruby-prof check --write a\\ b.json new.rbprof\n"
      expect(check("--write", "a b.json", "new.rbprof")).to eq [0, "", "ruby-prof: wrote a b.json: 3 methods, 2,203 calls\n"]
      expect(check("--baseline", "a b.json", "new.rbprof").first).to eq 0
    end

    it "compares before it writes over the baseline, and never over a profile" do
      check("--write", "base.json", "old.rbprof")
      record("new.rbprof", 101)
      expect(check("--baseline", "base.json", "--write", "base.json", "new.rbprof").first).to eq 3
      expect(check("--baseline", "base.json", "new.rbprof").first).to eq 0
      before = File.binread(File.join(directory, "new.rbprof"))
      expect(refused("--write", "./new.rbprof", "new.rbprof")).to include "it is the profile new.rbprof itself"
      expect(File.binread(File.join(directory, "new.rbprof"))).to eq before
      expect(refused("--write", "none/a.json", "new.rbprof")).to eq "ruby-prof: none/a.json cannot be written: No such file or directory\n"
      before = read("page.rb")
      expect(refused("--write", "page.rb", "new.rbprof")).to eq "ruby-prof: page.rb is there already, and is no call profile: give another name, or delete it\n"
      expect(refused("--write", "old.rbprof", "new.rbprof")).to include "old.rbprof is there already"
      expect(read("page.rb")).to eq before
      file("base.json", read("base.json")[0, 100])
      file("empty.json", "")
      expect(%w[base.json empty.json].map { |name| check("--write", name, "new.rbprof").first }).to eq [0, 0]
    end
  end

  describe "in other formats" do
    before { record("new.rbprof", 150, "extra") }

    it "is JSON" do
      status, stdout, stderr = check("--baseline", "old.rbprof", "--format", "json", "--max-count-growth", "60%", "new.rbprof")
      expect([status, stderr]).to eq [3, ""]
      content = JSON.parse(stdout)
      expect(content.slice("format", "version", "passed", "baseline", "current", "before", "after")).to eq(
        "format" => "ruby-prof check", "version" => 1, "passed" => false, "baseline" => "old.rbprof", "current" => ["new.rbprof"],
        "before" => { "methods" => 3, "called" => 201 }, "after" => { "methods" => 4, "called" => 302 }
      )
      expect(content["limits"]).to eq [
        { "limit" => "max-count-growth", "allowed" => "60%", "exceeded" => false, "methods" => [] },
        { "limit" => "max-new-methods", "allowed" => "0", "exceeded" => true, "methods" => ["Template#extra"] },
        { "limit" => "max-new-edges", "allowed" => "0", "exceeded" => false, "methods" => [] }
      ]
      expect(content["changes"].map { |change| change["method"] }).to eq %w[Template#compile Template#helper Template#extra]
      expect(content["changes"].first).to eq(
        "method" => "Template#compile", "change" => "grown", "before" => 100, "after" => 150, "percent" => 50.0,
        "callers" => [{ "caller" => "Page#render", "change" => "grown", "before" => 100, "after" => 150, "percent" => 50.0 }]
      )
    end

    it "is JUnit's, with properties" do
      status, stdout, = check("--baseline", "old.rbprof", "--format", "junit", "new.rbprof")
      expect(status).to eq 3
      suite = xml(stdout).elements["testsuites/testsuite"]
      expect(suite.attributes.to_h { |name, attribute| [name, attribute.value] }).to eq "name" => "ruby-prof check", "tests" => "3", "failures" => "2", "errors" => "0", "skipped" => "0"
      properties = suite.elements.to_a("properties/property").to_h { |each| [each.attributes["name"], each.attributes["value"]] }
      expect(properties).to include("calls_before" => "201", "calls_after" => "302", "max_new_methods" => "0", "baseline" => "old.rbprof")
      cases = suite.elements.to_a("testcase").to_h { |each| [each.attributes["name"], each.elements["failure"]&.text] }
      expect(cases.keys).to eq %w[max-count-growth max-new-methods max-new-edges]
      expect(cases["max-count-growth"]).to include "Template#compile         100 -> 150  +50%\n"
      expect(cases["max-new-edges"]).to be_nil
    end

    it "holds hostile names" do
      file("page.rb", <<~'RUBY')
        class Odd
          ["]]>", "<b>&\"'", "\e[31m\n", "\xFF\xFE".b, "\u2028\uFFFE", "é"].each { |name| define_method(name) { 1 } }
        end
        Odd.instance_methods(false).each { |name| ARGV[0].to_i.times { Odd.new.public_send(name) } }
      RUBY
      record("odd.rbprof", 1)
      record("odder.rbprof", 2)
      %w[C C.UTF-8].each do |language|
        env = { "LC_ALL" => language }
        expect(check("--write", "odd.json", "odd.rbprof", env: env).first).to eq 0
        words = ["--baseline", "odd.json", "odder.rbprof"]
        expect(check(*words, env: env)[1]).not_to match(/\e|\u2028/)
        expect(check(*words, env: env)[1].lines.size).to eq 16
        expect(JSON.parse(check(*words, "--format=json", env: env)[1])["changes"].size).to eq 6
        failure = xml(check(*words, "--format=junit", env: env)[1]).elements["testsuites/testsuite/testcase/failure"]
        expect(failure.text).to include('Odd#<b>&"\'').and include("Odd#é").and include("Odd#]]>")
      end
    end

    it "has colours on a terminal only" do
      shown = lambda do |env|
        reader, terminal = PTY.open
        command = [RbConfig.ruby, "-I", Command::LIBRARY, Command::EXE, "check", "--baseline", "old.rbprof", "new.rbprof"]
        pid = spawn(Subprocess::CLEAN.merge("TERM" => "xterm", "NO_COLOR" => nil).merge(env), *command, chdir: directory, out: terminal)
        Process.wait(pid)
        terminal.close
        reader.readpartial(100_000)
      ensure
        reader.close
      end
      expect(shown.({})).to include "\e[31m  + Template#compile"
      expect(shown.({ "NO_COLOR" => "1" })).not_to include "\e"
      expect(shown.({ "TERM" => "dumb" })).not_to include "\e"
    end
  end

  describe "with wrong words" do
    it "says what is wrong and where the help is, and exits with 255" do
      {
        [] => "missing argument: --baseline FILE, what to compare with, or --write FILE",
        %w[old.rbprof] => "missing argument: --baseline FILE, what to compare with, or --write FILE",
        %w[--baseline old.rbprof] => "missing argument: CURRENT, which profiles are to be checked?",
        %w[--baseline old.rbprof --max-count-growth x a] => "invalid argument (it can be 2%, a number of calls, or any): --max-count-growth x",
        %w[--baseline old.rbprof --max-count-growth=-2% a] => "invalid argument (it can be 2%, a number of calls, or any): --max-count-growth=-2%",
        %w[--baseline old.rbprof --max-new-methods 2% a] => "invalid argument (it can be a number, or any): --max-new-methods 2%",
        %w[--baseline old.rbprof --max-new-edges=-1 a] => "invalid argument (it can be a number, or any): --max-new-edges=-1",
        %w[--baseline old.rbprof --format=xml a] => "invalid argument (it can be text, json, junit): --format=xml",
        %w[--baseline old.rbprof --fast a] => "invalid option: --fast"
      }.each do |words, message|
        status, stdout, stderr = check(*words)
        expect([words, status, stdout, stderr]).to eq [words, 255, "", "ruby-prof: #{message}\nSee ruby-prof check --help\n"]
      end
      expect(check("--baseline", "old.rbprof", "--ignore", "a b", "old.rbprof")[2].lines.first).to match(/\Aruby-prof: invalid argument \(.*a b is no pattern: /)
      expect(check("--baseline", "old.rbprof", "--max-new-edges", "\xFF", "old.rbprof").first).to eq 255
      expect(check("--baseline", "old.rbprof", "--max-new-edges", "\e[31m", "old.rbprof")[2]).to include('--max-new-edges \e[31m').and satisfy { |text| !text.include?("\e") }
    end

    it "knows a misspelt command" do
      ended = ruby_prof("chekc", "--baseline", "old.rbprof", "old.rbprof")
      expect([ended.status.exitstatus, ended.stderr]).to eq [1, <<~TEXT]
        ruby-prof: No such file or directory -- chekc (LoadError)
        ruby-prof: there is no command chekc either: did you mean ruby-prof check?
      TEXT
      expect(ruby_prof("nothing_like_it.rb").stderr.lines.size).to eq 1
      expect(ruby_prof("che\xFFk").stderr).to include "LoadError"
    end

    it "shows the help, in 80 columns" do
      status, stdout, stderr = check("--help")
      expect([status, stderr]).to eq [0, ""]
      expect(stdout.lines.map { |line| line.chomp.length }.max).to be <= 80
      expect(ruby_prof("--help").stdout).to include "ruby-prof check --baseline FILE CURRENT...\n"
    end
  end

  it "reads pipes" do
    check("--write", "old.json", "old.rbprof")
    %w[old.json old.rbprof].each do |name|
      words = [RbConfig.ruby, "-I", Command::LIBRARY, Command::EXE, "check", "--baseline", "/dev/stdin", "old.rbprof"]
      reader, writer = IO.pipe
      pid = spawn(Subprocess::CLEAN, *words, chdir: directory, in: reader, out: File.join(directory, "said"))
      writer << File.binread(File.join(directory, name))
      writer.close
      Process.wait(pid)
      expect([name, $?.exitstatus, read("said")]).to match [name, 0, /\AFine/]
    end
  end

  it "says in a sentence which file cannot be read" do
    File.open(File.join(directory, "huge"), "wb") { |file| file.truncate(5_000_000_000_000) }
    file("e\e[1m\n.json", "{")
    { "huge" => %r{huge: this is no profile file: it begins otherwise\. It can be what --save or Profile#save wrote, or a call profile \(JSON\)$},
      "e\e[1m\n.json" => /\Aruby-prof: e\\e\[1m\\n\.json is damaged/ }.each do |name, message|
      expect(refused("--baseline", name, "old.rbprof")).to match message
    end
    file("text.txt", "{}")
    file("later.json", '{"format":"ruby-prof call profile","version":2}')
    file("page.rbprof", File.binread(File.join(directory, "old.rbprof"))[0, 50])
    file("dir/x", "")
    expect(refused("--baseline", "none.json", "old.rbprof")).to eq "ruby-prof: there is no none.json; write a baseline with: ruby-prof check --write FILE CURRENT\n"
    expect(refused("--baseline", "old.rbprof", "none\n.rbprof")).to eq "ruby-prof: there is no none\\n.rbprof; record a profile with: ruby-prof --save FILE SCRIPT\n"
    { "text.txt" => /text\.txt is no call profile/, "later.json" => /later\.json is of a later release.*update ruby-prof-rs/,
      "page.rbprof" => /page\.rbprof: /, "page.rb" => /page\.rb: this is no profile file/, "dir" => /dir cannot be read: Is a directory$/ }.each do |name, message|
      expect(refused("--baseline", "old.rbprof", name)).to match message
      expect(refused("--baseline", name, "old.rbprof")).to match message
    end
  end

  it "does not take a profile without own code for a good one" do
    file("page.rb", "1.to_s")
    record("empty.rbprof", 1)
    expect(refused("--baseline", "old.rbprof", "empty.rbprof")).to include "empty.rbprof has no calls of methods of your own code: was it recorded in another directory?"
    expect(refused("--baseline", "empty.rbprof", "old.rbprof")).to include "--only PATTERNS"
    expect(refused("--baseline", "old.rbprof", "--only", "Nope", "old.rbprof")).to include "has no calls of methods that --only names"
    expect(check("--baseline", "old.rbprof", "empty.rbprof", "old.rbprof").first).to eq 0
  end

  it "does not hide that its output is lost" do
    skip "there is no /dev/full" unless File.exist?("/dev/full")
    command = [RbConfig.ruby, "-I", Command::LIBRARY, Command::EXE, "check", "--baseline", "old.rbprof", "old.rbprof"]
    Process.wait(spawn(Subprocess::CLEAN, *command, chdir: directory, out: "/dev/full", err: File.join(directory, "said")))
    expect([$?.exitstatus, read("said").lines.first]).to match [1, /\Aruby-prof: the result cannot be written: No space left/]
  end

  it "ends quietly when nobody reads on" do
    record("new.rbprof", 150)
    reader, writer = IO.pipe
    reader.close
    pid = spawn(Subprocess::CLEAN, RbConfig.ruby, "-I", Command::LIBRARY, Command::EXE, "check", "--baseline", "old.rbprof", "new.rbprof",
                chdir: directory, out: writer, err: File.join(directory, "said"))
    writer.close
    Process.wait(pid)
    expect([$?.exitstatus, read("said")]).to eq [3, ""]
  end
end
