# frozen_string_literal: true

require "test_project"

# RUBY_PROF=1 rspec.
RSpec.describe "a run with RUBY_PROF=1", stress: false do
  before(:context) do
    @shared = TestProject.new(
      "spec/helper.rb" => "require 'ruby-prof/rspec'\nShop.new.tax(1)\n",
      "spec/one_spec.rb" => <<~RUBY,
        require "helper"
        RSpec.describe Shop do
          before(:context) { 3.times { Shop.new.tidy(1) } }
          before { Shop.new.prepare }
          it("adds") { expect(Shop.new.price([1, 2, 3])).to eq 12 }
          it("fails") { expect(Shop.new.price([1])).to eq 3 }
          it("is later", :skip) { Shop.new.price([1]) }
          it("loops") { 500.times { Shop.new.tax(1) } }
          it("sleeps") { sleep ENV.fetch("PAUSE", "0.01").to_f }
        end
      RUBY
      "spec/two_spec.rb" => "require 'helper'\nRSpec.describe('two') { it('taxes', :ruby_prof) { Shop.new.tax(1) } }\n"
    )
  end
  after(:context) { @shared.delete }
  after { @shared.clear }

  def project = @shared

  def calls(path, name)
    RubyProf.load(project.path(path)).threads.sum { |thread| thread.methods.select { |method| method.full_name == name }.sum(&:called) }
  end

  it "adds up to the whole: examples, hooks, loading" do
    result = project.rspec(env: { "RUBY_PROF" => "1", "PAUSE" => "2" })
    expect(result.status.exitstatus).to eq 1
    # 3 + 1 + 500 in one_spec, 1 in two_spec, 1 while loading.
    expect(calls("tmp/ruby-prof/run.rbprof", "Shop#tax")).to eq 506
    expect(calls("tmp/ruby-prof/run.rbprof", "Shop#tidy")).to eq 7
    expect(result.stdout).to match(/^ruby-prof: 6 examples, [\d,]+ calls, \S+ m?s \(\S+ m?s outside of examples\)$/)
    expect(result.stdout).to include("Slowest examples", "Examples with most calls", "  Index    tmp/ruby-prof/index.html", "  Report   tmp/ruby-prof/run.html",
                                     "  Profile  tmp/ruby-prof/run.rbprof")
    expect(result.stdout[/Slowest examples\n.*/]).to match(/Shop sleeps +\S+one_spec.rb:9$/)
    expect(result.stdout[/most calls\n.*/]).to match(/Shop loops/)
    expect(result.stdout).to match(/Shop fails +\S+one_spec.rb:6  failed$/)
  end

  it "leaves out the framework, and what it called for its own ends" do
    project.rspec(env: { "RUBY_PROF" => "flat" })
    text = project.read("tmp/ruby-prof/run.txt")
    expect(text).to include("Shop#price", "[global]#", "Kernel#sleep")
    expect(text).not_to match(/RSpec::(?:Core|Matchers|Expectations|Support)|RubyProf|Thread#\[\]|BasicObject#instance_exec/)
    expect(text.scan(/\d +\[global\]#/).length).to eq 1
  end

  it "counts each example for itself, its hooks included" do
    project.rspec(env: { "RUBY_PROF" => "1", "RUBY_PROF_FORMAT" => "json", "RUBY_PROF_ONLY" => "Shop" })
    rows = project.json["examples"].to_h { |row| [row["description"], row] }
    expect(rows.transform_values { |row| row["calls"] }).to eq(
      "Shop adds" => 6, "Shop fails" => 4, "Shop is later" => nil, "Shop loops" => 502, "Shop sleeps" => 2, "two taxes" => 1
    )
    expect(rows.transform_values { |row| row["status"] }).to eq(
      "Shop adds" => "passed", "Shop fails" => "failed", "Shop is later" => "pending", "Shop loops" => "passed", "Shop sleeps" => "passed", "two taxes" => "passed"
    )
    expect(project.json["totals"]).to include("examples" => 6, "failed" => 1, "pending" => 1, "outside_calls" => 4, "calls" => 519)
  end

  it "links the page's examples to reports that are there" do
    project.rspec(env: { "RUBY_PROF" => "1" })
    page = project.read("tmp/ruby-prof/index.html")
    expect(page).to match(%r{<dt>Overhead(?:, included|, subtracted)?</dt>})
    links = page.scan(/href="([^"#:]+)"/).flatten.uniq
    expect(links).to include("run.html", "run.rbprof").and include(%r{\Aexamples/Shop-loops-\h{8}\.html\z})
    expect(links.reject { |link| File.file?(project.path("tmp/ruby-prof/#{link}")) }).to be_empty
    expect(project.reports.grep(%r{\Aexamples/}).length).to eq 5
    expect(page.scan('class="failed"').length).to be >= 2
  end

  it "writes as many reports on examples as are wanted, and leaves none of an earlier run" do
    project.rspec(env: { "RUBY_PROF" => "1" })
    kept = "tmp/ruby-prof/examples/mine.txt"
    project.write(kept, "mine")
    project.rspec(env: { "RUBY_PROF" => "flat", "RUBY_PROF_TOP" => "1", "PAUSE" => "2" })
    expect(project.reports.grep(%r{\Aexamples/}).map { |name| name.sub(/-\h{8}/, "") }).to contain_exactly("examples/Shop-loops.txt", "examples/Shop-sleeps.txt", "examples/mine.txt")
  end

  it "leaves no file of an earlier run that this one does not write" do
    other = TestProject.new("spec/fails_spec.rb" => <<~RUBY, "tmp/ruby-prof/mine-12345678.html" => "mine")
      require "ruby-prof/rspec"
      RSpec.describe(Shop) do
        it("fails", ruby_prof: (ENV["TAG"] ? :flat : nil)) { expect { Shop.new.tax(1) }.to make_calls("Shop#tax").exactly(ENV["TIMES"].to_i).times }
      end
    RUBY
    other.rspec(env: { "RUBY_PROF" => "1", "RUBY_PROF_FORMAT" => "text,json,junit", "TIMES" => "2", "TAG" => "1" })
    expect(other.reports).to include("index.html", "run.html", "run.json", "junit.xml", /\AShop-fails-\h{8}\.txt\z/)
    failures = other.reports.grep(/\.html\z/).grep_v(%r{\A(?:run|index|mine|examples/)})
    expect(failures.length).to eq 1
    other.rspec(env: { "RUBY_PROF" => "flat", "TIMES" => "1" })
    expect(other.reports).to contain_exactly("index.html", "run.txt", "run.rbprof", %r{\Aexamples/Shop-fails-\h{8}\.txt\z}, "mine-12345678.html")
  ensure
    other&.delete
  end

  it "knows modes, C calls and another directory" do
    env = { "RUBY_PROF" => "flame_graph", "RUBY_PROF_MODE" => "allocations", "RUBY_PROF_C_CALLS" => "0", "RUBY_PROF_OUT" => "prof/out", "RUBY_PROF_FORMAT" => "json,text" }
    result = project.rspec(env: env)
    expect(result.stdout).to match(/objects \([\d,]+ objects outside of examples\)/).and include("prof/out/run.json")
    expect(result.stdout).to match(/^ +\S+ \S+ +[\d,]+ calls? +[\d,]+ objects?  Shop loops/)
    page = project.read("prof/out/index.html")
    expect(page).not_to include "<dt>Overhead"
    expect(page).to include "Most objects"
    unlinked = page[/<div class="tops">.*?<section class="all"/m].scan(/<span class="what">(?!.{0,99}<a )/)
    expect(unlinked).to be_empty
    expect(project.json("prof/out")).to include("mode" => "allocations", "unit" => "objects")
    row = project.example("Shop adds", "prof/out")
    expect(row["objects"]).to eq row["total"]
    expect(row["objects"]).to be >= 3
    expect(RubyProf.load(project.path("prof/out/run.rbprof"))).not_to be_c_calls
    expect(project.read("prof/out/run.html")).to include "Allocations"
  ensure
    FileUtils.rm_rf(project.path("prof"))
  end

  it "leaves out loading with RUBY_PROF_BOOT=0, and what RUBY_PROF_EXCLUDE names" do
    project.rspec(env: { "RUBY_PROF" => "1", "RUBY_PROF_BOOT" => "0", "RUBY_PROF_EXCLUDE" => "Shop#tidy" })
    expect(calls("tmp/ruby-prof/run.rbprof", "Shop#tax")).to eq 505
    expect(calls("tmp/ruby-prof/run.rbprof", "Shop#tidy")).to eq 0
  end

  { "RUBY_PROF" => ["flut", "1 (which is graph_html), 0, or a printer: flat, graph, graph_html"],
    "RUBY_PROF_MODE" => ["warp", "wall, process, allocations, memory"],
    "RUBY_PROF_BOOT" => ["maybe", "0 or 1"],
    "RUBY_PROF_FORMAT" => ["xml", "some of text, json, junit"],
    "RUBY_PROF_TOP" => ["-1", "a number from 0"],
    "RUBY_PROF_ONLY" => ["a b", "Foo#bar, Foo.bar"] }.each do |name, (value, wanted)|
    it "ends before anything runs if #{name} cannot be used" do
      result = project.rspec(env: { "RUBY_PROF" => "1", name => value })
      expect(result.status.exitstatus).to eq 1
      expect(result.stderr).to include("ruby-prof: #{name}", value, wanted)
      expect(result.stderr.lines.length).to eq 1
      expect(result.stdout).to eq ""
      expect(File).not_to exist project.path("tmp")
    end
  end

  it "names the variable that has bytes that are no text" do
    %w[RUBY_PROF RUBY_PROF_TOP RUBY_PROF_OUT RUBY_PROF_ONLY RUBY_PROF_FORMAT].each do |name|
      result = project.rspec(env: { "RUBY_PROF" => "1", name => "\xff" })
      expect([result.status.exitstatus, result.stdout, result.stderr]).to eq [1, "", "ruby-prof: #{name}=? cannot be used: it has bytes that are no UTF-8\n"]
    end
  end

  it "says so if RUBY_PROF_ONLY names what is nowhere" do
    result = project.rspec(env: { "RUBY_PROF" => "1", "RUBY_PROF_ONLY" => "Shop,Shoop#tax" })
    expect(result.stdout).to include "ruby-prof: RUBY_PROF_ONLY=Shoop#tax matched nothing: the program has no Shoop"
    result = project.rspec(env: { "RUBY_PROF" => "1", "RUBY_PROF_ONLY" => "Nope", "RUBY_PROF_EXCLUDE" => "Shop,No::Such" })
    expect(result.stdout).to include("ruby-prof: RUBY_PROF_ONLY=Nope matched nothing: the program has no Nope\n", "ruby-prof: RUBY_PROF_EXCLUDE=No::Such matched nothing")
    expect(result.stdout.scan("matched nothing").length).to eq 2
    expect(result.stdout).not_to include "most calls"
    expect(project.read("tmp/ruby-prof/index.html")).not_to include "most-calling-title"
  end

  it "is profiled beside the profile of the whole program" do
    report = project.path("tmp/program.txt")
    FileUtils.mkdir_p(project.path("tmp"))
    result = project.rspec(env: { "RUBY_PROF" => "1", "RUBY_PROF_FILE" => report, "RUBY_PROF_PRINTER" => "flat" }, ruby: ["-rruby-prof/auto"])
    expect(result.stdout).to include "tmp/ruby-prof/index.html"
    expect(calls("tmp/ruby-prof/run.rbprof", "Shop#tax")).to eq 506
    expect(File.read(report, encoding: "UTF-8")).to match(/\s506\s+Shop#tax/)
    expect(project.read("tmp/ruby-prof/#{project.reports.grep(/\Atwo/).first}")).to include "Shop#tax"
  end

  it "takes printers' other names, and writes nothing for 0" do
    expect(project.rspec(env: { "RUBY_PROF" => "stack" }).stdout).to include "run.html"
    project.clear
    expect(project.rspec(env: { "RUBY_PROF" => "0" }).stdout).not_to include "Index"
    expect(project.reports.length).to eq 1
  end

  it "is the same in random order and with -r on the command line" do
    sums = [%w[--order random --seed 3], %w[--order random --seed 4], %w[-r ruby-prof/rspec]].map do |arguments|
      project.rspec(*arguments, env: { "RUBY_PROF" => "1", "RUBY_PROF_FORMAT" => "json", "RUBY_PROF_ONLY" => "Shop" })
      project.json["examples"].map { |row| row.values_at("id", "calls", "status") }.sort
    end
    expect(sums.uniq.length).to eq 1
  end

  it "keeps the profile of what a forked child does apart" do
    project.write("spec/fork_spec.rb", <<~RUBY)
      require "helper"
      RSpec.describe "fork" do
        it("leaves the parent's alone", :ruby_prof) { Process.wait(fork { Shop.new.price([1]); exit 0 }) }
        it("does so without exit") { pid = fork; Shop.new.price([1]) if pid.nil?; pid ? Process.wait(pid) : exit!(0) }
      end
    RUBY
    result = project.rspec("spec/fork_spec.rb", env: { "RUBY_PROF" => "1" })
    expect(result.stdout.scan("2 examples").length).to eq 2
    expect(result.stdout.scan("Index").length).to eq 1
    expect(result.stderr).to eq ""
    expect(project.reports.grep(/run/)).to eq %w[run.html run.rbprof]
  ensure
    FileUtils.rm_f(project.path("spec/fork_spec.rb"))
  end

  it "writes what it has when an example leaves by exit, and nothing when no example ran" do
    project.write("spec/exit_spec.rb", "require 'helper'\nRSpec.describe('exit') { it('a') { Shop.new.tax(1) }; it('b') { exit 5 }; it('c') { 1 } }")
    result = project.rspec("spec/exit_spec.rb", "--order", "defined", env: { "RUBY_PROF" => "1" })
    expect(calls("tmp/ruby-prof/run.rbprof", "Shop#tax")).to eq 2
    expect(result.stdout + result.stderr).to include "tmp/ruby-prof/index.html"
    project.clear
    project.write("spec/exit_spec.rb", "require 'helper'\nraise 'while loading'")
    result = project.rspec("spec/exit_spec.rb", env: { "RUBY_PROF" => "1" })
    expect(result.stdout).to include "while loading"
    expect(result.stderr).to eq "ruby-prof: no example ran, so there is no report on the run\n"
    expect(File).not_to exist project.path("tmp")
  ensure
    FileUtils.rm_f(project.path("spec/exit_spec.rb"))
  end

  it "counts the same calls on the page and in the reports" do
    project.rspec(env: { "RUBY_PROF" => "1", "RUBY_PROF_FORMAT" => "json" })
    calls = ->(name) { project.read("tmp/ruby-prof/#{name}")[%r{<dt>Calls</dt><dd>([\d,]+)</dd>}, 1].delete(",").to_i }
    expect(calls["run.html"]).to eq calls["index.html"]
    expect(calls["index.html"]).to eq project.json["totals"]["calls"]
    expect(calls[project.reports.grep(/Shop-loops/).first]).to eq project.example("Shop loops")["calls"]
  end

  it "shows paths from where the run began" do
    other = TestProject.new("spec/in_spec.rb" => "require 'ruby-prof/rspec'\nRSpec.describe('in') { it('goes', :ruby_prof) { Dir.chdir('/tmp'); Shop.new.tax(1) } }")
    result = other.rspec(env: { "RUBY_PROF" => "1" })
    expect(result.stdout).to include("  tmp/ruby-prof/in-goes-", "  Index    tmp/ruby-prof/index.html")
    expect(other.reports).to include("index.html", "run.html")
    expect(other.rspec.stdout).to include "  tmp/ruby-prof/in-goes-"
  ensure
    other&.delete
  end

  it "shows the C calls of expectations' blocks, and none of ours" do
    other = TestProject.new("spec/c_spec.rb" => <<~RUBY)
      require "ruby-prof/rspec"
      RSpec.describe Shop do
        it("plain") { Shop.new.tidy(1); Shop.new.tidy(1); [1].map { } }
        it("matcher") { expect { Shop.new.tidy(1); [1].map { } }.to make_calls("Shop#tidy").once }
        it("both") { [1].map { }; Shop.new; expect { Shop.new.tidy(1); [1].map { } }.to make_calls("Shop#tidy").once }
      end
    RUBY
    other.rspec(env: { "RUBY_PROF" => "flat", "RUBY_PROF_BOOT" => "0", "RUBY_PROF_FORMAT" => "json" })
    expect(other.json["examples"].map { |row| row["calls"] }).to eq [7, 8, 11]
    profile = RubyProf.load(other.path("tmp/ruby-prof/run.rbprof"))
    called = profile.threads.flat_map(&:methods).to_h { |method| [method.full_name, method.called] }
    expect(called.except("[global]#")).to eq("Shop#tidy" => 6, "Class#new" => 7, "BasicObject#initialize" => 7, "Array#map" => 6)
  ensure
    other&.delete
  end
end
