# frozen_string_literal: true

require "test_project"

# `it "...", :ruby_prof` in RSpec processes.
RSpec.describe "examples with :ruby_prof", stress: false do
  after { @project&.delete }

  # A group with these lines in it.
  def project(lines)
    @project = TestProject.new("spec/shop_spec.rb" => <<~RUBY)
      require "ruby-prof/rspec"
      RSpec.describe Shop do
        #{lines}
      end
    RUBY
  end

  def lines_about(result)
    result.stdout[/^ruby-prof profiled.*\z/m].to_s.lines(chomp: true)[1..].to_a.grep(/tmp/)
  end

  it "writes one report an example, without before hooks, and says where at the end" do
    result = project(<<~RUBY).rspec
      before { Shop.new.prepare }
      after { Shop.new.tidy(2) }
      it("adds", :ruby_prof) { expect(Shop.new.price([1, 2, 3])).to eq 12 }
      it("has none") { Shop.new.prepare }
      it("adds more", ruby_prof: { printer: :flat }) { Shop.new.price([1]) }
    RUBY
    expect(result.status.exitstatus).to eq 0
    expect(@project.reports.map { |name| name.sub(/-\h{8}/, "") }).to contain_exactly("Shop-adds-more.txt", "Shop-adds.html")
    text = @project.read("tmp/ruby-prof/#{@project.reports.grep(/txt/).first}")
    expect(text).to match(/\s1\s+Shop#price\b/).and match(/\s1\s+Shop#tax\b/)
    expect(text).not_to match(/Shop#prepare|Shop#tidy|RSpec::Core|RubyProf/)
    shown = lines_about(result)
    expect(shown.map { |line| line[/\S+\z/] }).to match_array @project.reports.map { |name| "tmp/ruby-prof/#{name}" }
    expect(shown.map { |line| line.index("tmp/") }.uniq.length).to eq 1
    expect(result.stdout.index("3 examples, 0 failures")).to be < result.stdout.index("ruby-prof profiled 2 examples")
  end

  it "profiles hooks too with setup: true" do
    project(<<~RUBY).rspec
      before { Shop.new.prepare }
      after { Shop.new.tidy(2) }
      it("adds", ruby_prof: { setup: true, printer: "flat" }) { Shop.new.price([1]) }
    RUBY
    text = @project.read("tmp/ruby-prof/#{@project.reports.first}")
    expect(text).to match(/\s1\s+Shop#prepare/).and match(/\s2\s+Shop#tidy/).and match(/\s1\s+Shop#price/)
  end

  it "takes options: mode, only, exclude, min_percent, c_calls" do
    project(<<~RUBY).rspec
      it("objects", ruby_prof: { printer: :flat, mode: :allocations }) { Shop.new }
      it("only", ruby_prof: { printer: :flat, only: "Shop#tax" }) { Shop.new.price([1, 2]) }
      it("exclude", ruby_prof: { printer: :flat, exclude: [Shop, "lib/nothing"] }) { Shop.new.price([1, 2]).to_s }
      it("ruby", ruby_prof: { printer: :flat, c_calls: false }) { Shop.new.price([1]) }
      it("least", ruby_prof: { printer: :flat, min_percent: 100.5 }) { Shop.new.price([1]) }
    RUBY
    texts = @project.reports.to_h { |name| [name[/Shop-(\w+)/, 1], @project.read("tmp/ruby-prof/#{name}")] }
    expect(texts["objects"]).to include("Measure Mode: allocations").and match(/^Total: 1$/)
    expect(texts["only"]).to include("Shop#tax")
    expect(texts["only"]).not_to include "Shop#price"
    expect(texts["exclude"]).to include "Integer#to_s"
    expect(texts["exclude"]).not_to match(/Shop#\w/)
    expect(texts["ruby"]).to include "Shop#price"
    expect(texts["ruby"]).not_to include "Integer#*"
    expect(texts["least"]).not_to include "Shop#price"
  end

  it "is inherited by nested groups and shared examples, and switched off by false" do
    project(<<~RUBY).rspec
      shared_examples("adding") { it("adds") { Shop.new.price([1]) } }
      describe "one", ruby_prof: :flat do
        include_examples "adding"
        context("inner") { it("too") { 1 } }
        it("off", ruby_prof: false) { 1 }
        context("off", ruby_prof: false) { it("off") { 1 } }
      end
      describe("two", :ruby_prof) { it_behaves_like "adding" }
    RUBY
    names = @project.reports.map { |name| name.sub(/-\h{8}\./, ".") }
    expect(names).to contain_exactly("Shop-one-adds.txt", "Shop-one-inner-too.txt", "Shop-two-behaves-like-adding-adds.html")
  end

  it "names files safely and apart, whatever the descriptions are" do
    result = project(<<~'RUBY').rspec
      ["same", "same", "../../../etc/passwd", "a\nb\0c\tд", "日本", "", "x" * 1_000_000, "<script>&'\"", "-rf .", "\xff".b, "\e[31mred", "\u202eevil"].each do |text|
        it(text, ruby_prof: :graph_html) { 1 }
      end
      2.times { it("looped", :ruby_prof) { 1 } }
    RUBY
    expect(result.status.exitstatus).to eq 0
    names = @project.reports
    expect(names.length).to eq 14
    expect(names).to all match(/\A[\w][\w.-]{0,90}\.html\z/)
    expect(names.grep(/\.\./)).to be_empty
    shown = lines_about(result)
    expect(shown.length).to eq 14
    expect(shown.map(&:length).max).to be < 220
    expect(shown.join).not_to match(/[\e\u202e\0]/)
  end

  it "leaves the report of an example that fails, raises, exits or is timed out, and its failure its own" do
    result = project(<<~RUBY).rspec
      require "timeout"
      around { |example| Timeout.timeout(1) { example.run } }
      it("fails", ruby_prof: :flat) { expect(Shop.new.price([1])).to eq 3 }
      it("raises", ruby_prof: :flat) { Shop.new.price(nil) }
      it("hangs", ruby_prof: :flat) { Shop.new.tax(1); sleep }
      it("in a hook", ruby_prof: :flat) { Shop.new.tidy(1) }
      after { raise "after hook" if RSpec.current_example.description == "in a hook" }
    RUBY
    expect(result.status.exitstatus).to eq 1
    expect(result.stdout).to include("expected: 3", "undefined method", "execution expired", "after hook", "4 examples, 4 failures")
    texts = @project.reports.to_h { |name| [name[/Shop-([\w-]+)-/, 1], @project.read("tmp/ruby-prof/#{name}")] }
    expect(texts).to match("fails" => include("Shop#price"), "raises" => include("Shop#price"), "hangs" => include("Kernel#sleep"), "in-a-hook" => include("Shop#tidy"))

    @project.delete
    result = project('it("exits", ruby_prof: :flat) { Shop.new.tax(1); exit 7 }').rspec
    expect(@project.reports.length).to eq 1
    expect(@project.read("tmp/ruby-prof/#{@project.reports.first}")).to include "Shop#tax"
    expect(result.stdout).to include @project.reports.first
  end

  it "writes a report of each attempt where an example is run again" do
    project(<<~RUBY).rspec
      around { |example| example.run; example.run }
      it("again", ruby_prof: :flat) { Shop.new.tax(1) }
    RUBY
    expect(@project.reports.map { |name| name.sub(/-\h{8}/, "") }).to contain_exactly("Shop-again.txt", "Shop-again-2.txt")
    expect(@project.reports.map { |name| @project.read("tmp/ruby-prof/#{name}") }).to all(match(/\s1\s+Shop#tax/))
  end

  it "does nothing for pending and skipped examples, in a dry run and while bisecting" do
    lines = <<~RUBY
      it("later", :ruby_prof, :skip) { 1 }
      xit("never", :ruby_prof) { 1 }
      it("empty", :ruby_prof)
    RUBY
    result = project(lines).rspec
    expect(result.stdout).not_to include "ruby-prof"
    expect(File).not_to exist @project.path("tmp")
    @project.write("spec/shop_spec.rb", "require 'ruby-prof/rspec'\nRSpec.describe(Shop) { it('a', :ruby_prof) { $bad = 1 }; it('b') { expect($bad).to be_nil } }")
    @project.rspec("--dry-run", env: { "RUBY_PROF" => "1" })
    expect(File).not_to exist @project.path("tmp")
    result = @project.rspec("--bisect", "--order", "defined", env: { "RUBY_PROF" => "1" })
    expect(result.stdout).to include "The minimal reproduction command is"
    expect(File).not_to exist @project.path("tmp")
  end

  it "fails an example whose options cannot be used, and names it" do
    result = project(<<~RUBY).rspec
      it("one", ruby_prof: { printr: :flat }) { 1 }
      it("two", ruby_prof: { printer: :flut }) { 1 }
      it("three", ruby_prof: { mode: :warp }) { 1 }
      it("four", ruby_prof: { only: 17 }) { 1 }
      it("five", ruby_prof: { min_percent: "x" }) { 1 }
      it("six", ruby_prof: 7) { 1 }
      it("seven", ruby_prof: { setup: 1 }) { 1 }
      it("fine", ruby_prof: { "printer": :flat }) { 1 }
    RUBY
    expect(result.stdout).to include "8 examples, 7 failures"
    expect(result.stdout).to include("unknown option :printr: it can be printer:", "“Shop one” (./spec/shop_spec.rb:3)", ":flut is no printer: it can be flat,",
                                     ":warp is no measure mode: it can be wall,", "min_percent", "7 cannot be used", "setup: 1 cannot be used")
    expect(@project.reports.length).to eq 1
    expect(result.stdout).not_to match(/Caused by|example_hooks|rspec.core/)
    expect(result.stdout).to include "     # ./spec/shop_spec.rb:3\n"
  end

  it "leaves out what is done aside" do
    result = project(<<~RUBY).rspec(env: { "RUBY_PROF" => "flat", "RUBY_PROF_FORMAT" => "json,text", "RUBY_PROF_ONLY" => "Shop" })
      it("one", ruby_prof: { printer: :flat, only: "Shop" }) do
        run = RubyProf.send(:const_get, :TestRun)
        Shop.new.tax(1)
        puts "aside: \#{run.aside { Shop.new.price([1, 2]) }}"
        begin
          run.aside { Shop.new.tidy(1); raise "no" }
        rescue RuntimeError
          Shop.new.tax(1)
        end
      end
      it("two") { RubyProf.send(:const_get, :TestRun).aside { Shop.new.tidy(1) } }
    RUBY
    expect(result.stdout).to include("aside: 6", "2 calls")
    expect(@project.json["examples"].map { |row| row["calls"] }).to eq [2, 0]
    own = @project.read("tmp/ruby-prof/#{@project.reports.grep(/\AShop-one/).first}")
    expect(own).to match(/\s2\s+Shop#tax/)
    expect(own).not_to match(/Shop#(?:price|tidy)/)
  end

  it "leaves out the runs that explain a failure" do
    result = project(<<~RUBY).rspec(env: { "RUBY_PROF" => "flat", "RUBY_PROF_FORMAT" => "json,text", "RUBY_PROF_ONLY" => "Shop" })
      it("calls") { expect { Shop.new.tax(1) }.to make_calls("Shop#tax").never }
      it("unstable") { calls = 0; expect { (calls += 1).times { Shop.new.tax(1) } }.to make_calls("Shop#tax").exactly(9).times.stable }
      it("grows") { expect { |n| n.times { Shop.new.tax(1) } }.to grow_at_most(:constant).for([1, 2, 4]) }
      it("allocates") { expect { Shop.new.tax(1) }.to allocate_at_most(0).objects }
    RUBY
    expect(result.stdout).to include "4 examples, 4 failures"
    called = @project.json["examples"].to_h { |row| [row["description"][/\w+\z/], row["calls"]] }
    expect(called).to eq("calls" => 2, "unstable" => 10, "grows" => 8, "allocates" => 2)
  end

  it "says so if an example's pattern names what is nowhere" do
    result = project('it("one", ruby_prof: { only: ["Nope", "Shop"], exclude: "Shop#no" }) { Shop.new.tax(1) }').rspec
    expect(result.stdout).to include("ruby-prof: “Shop one”: only: Nope matched nothing: the program has no Nope\n",
                                     "ruby-prof: “Shop one”: exclude: Shop#no matched nothing: Shop has no instance method no\n")
    expect(result.stdout.scan("matched nothing").length).to eq 2
  end

  it "profiles beside a profile that is running already" do
    result = project(<<~RUBY).rspec
      before(:context) { RubyProf.start }
      after(:context) { puts "outer: \#{RubyProf.stop.threads.flat_map(&:methods).find { |m| m.full_name == "Shop#tax" }.called}" }
      it("adds", ruby_prof: :flat) { Shop.new.price([1, 2]) }
      it("adds again") { Shop.new.price([1, 2, 3]) }
    RUBY
    expect(result.stdout).to include "outer: 5"
    expect(@project.read("tmp/ruby-prof/#{@project.reports.first}")).to match(/\s2\s+Shop#tax/)
  end

  it "keeps --format json what it is" do
    result = project('it("adds", :ruby_prof) { Shop.new.price([1]) }').rspec("--format", "json", env: { "RUBY_PROF" => "1" })
    document = JSON.parse(result.stdout)
    expect(document["examples"].length).to eq 1
    expect(document["messages"].join).to include("ruby-prof profiled 1 example", "tmp/ruby-prof/index.html")
    expect(result.stderr).to eq ""
  end

  it "tells of no defect in a quiet run" do
    result = project('it("adds") { expect(Shop.new.price([1])).to eq 2; expect($LOADED_FEATURES.grep(/json|whole_run/)).to be_empty }').rspec
    expect(result.stdout).not_to include "ruby-prof"
    expect(result.stderr).to eq ""
    expect(File).not_to exist @project.path("tmp")
  end

  it "writes directories for printers of several files" do
    result = project('it("adds", ruby_prof: :multi) { Shop.new.price([1]) }; it("calls", ruby_prof: :call_tree) { Shop.new.tax(1) }').rspec
    expect(@project.reports.map { |name| name.sub(/-\h{8}/, "") }).to include(%r{\AShop-adds/Shop-adds-?\h*\.flat\.txt\z}, %r{\AShop-calls/callgrind\.out\.\d+\z})
    expect(result.stdout).to match(%r{  tmp/ruby-prof/Shop-adds-\h{8}$})
  end
end
