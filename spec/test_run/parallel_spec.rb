# frozen_string_literal: true

require "test_project"

# Several processes of one run.
RSpec.describe "a run of several processes", stress: false do
  before do
    files = (1..3).to_h { |number| ["spec/part#{number}_spec.rb", <<~RUBY] }
      require "ruby-prof/rspec"
      RSpec.describe("part #{number}") do
        it("taxes") { #{number}.times { Shop.new.tax(1) } }
        it("prices") { sleep ENV.fetch("PAUSE#{number}", 0).to_f; Shop.new.price([1]) }
      end
    RUBY
    @project = TestProject.new(files)
  end
  after { @project.delete }

  ENVIRONMENT = { "RUBY_PROF" => "flat", "RUBY_PROF_FORMAT" => "text,json,junit", "RUBY_PROF_ONLY" => "Shop" }.freeze

  def start(number, run: "one", **env)
    env = ENVIRONMENT.merge("TEST_ENV_NUMBER" => number == 1 ? "" : number.to_s, "RUBY_PROF_RUN" => run, **env)
    @project.spawn_rspec("spec/part#{number}_spec.rb", env: env)
  end

  def wait_for(*pids)
    pids.each { |pid| Process.wait(pid) }
  end

  def taxes
    profile = RubyProf.load(@project.path("tmp/ruby-prof/run.rbprof"))
    profile.threads.sum { |thread| thread.methods.select { |method| method.full_name == "Shop#tax" }.sum(&:called) }
  end

  def descriptions
    @project.json["examples"].map { |row| row["description"] }
  end

  it "ends with one report over all, whoever is last" do
    [[1, 2, 3], [3, 1, 2], [2, 3, 1]].each.with_index do |order, index|
      env = order.to_h { |number| ["PAUSE#{number}", (order.index(number) * 0.4).to_s] }
      wait_for(*[1, 2, 3].map { |number| start(number, run: "order#{index}", **env) })
      expect(descriptions).to match_array([1, 2, 3].flat_map { |number| ["part #{number} taxes", "part #{number} prices"] })
      expect(taxes).to eq 1 + 2 + 3 + 3
      expect(@project.json["processes"].map { |process| process["number"] }).to eq %w[1 2 3]
      expect(@project.json["notes"]).to eq []
      expect(@project.json["totals"]).to include("calls" => 6 + 6, "examples" => 6)
      expect(@project.reports.grep(/examples/).length).to eq 6
      expect(@project.read("tmp/ruby-prof/junit.xml").scan("<testcase ").length).to eq 6
      expect(@project.read("tmp/ruby-prof/index.html")).to include "3 processes"
    end
  end

  it "has no part of an earlier run" do
    wait_for(start(1), start(2))
    wait_for(start(3, run: "two"))
    expect(descriptions).to contain_exactly("part 3 taxes", "part 3 prices")
    expect(@project.reports.grep(/examples/).length).to eq 2
    expect(Dir.children(@project.path("tmp/ruby-prof/.parallel")).length).to eq 2
  end

  it "tells the runs of two parents apart without being told" do
    2.times do
      wait_for(@project.spawn_rspec("spec/part1_spec.rb", env: ENVIRONMENT.merge("TEST_ENV_NUMBER" => "2", "PARALLEL_PID_FILE" => "/tmp/pids#{rand}")))
      expect(descriptions.length).to eq 2
    end
    env = ENVIRONMENT.merge("TEST_ENV_NUMBER" => "")
    wait_for(@project.spawn_rspec("spec/part1_spec.rb", env: env), @project.spawn_rspec("spec/part2_spec.rb", env: env.merge("TEST_ENV_NUMBER" => "2")))
    expect(descriptions.length).to eq 4
  end

  it "says who crashed, and who is still running" do
    @project.write("spec/part2_spec.rb", "require 'ruby-prof/rspec'\nRSpec.describe('crash') { it('kills') { Process.kill(:KILL, Process.pid) } }")
    wait_for(start(2))
    wait_for(start(1))
    note = "Process 2 ended without a report of its own: its examples are missing."
    expect(@project.json["notes"]).to eq [note]
    expect(@project.read("tmp/ruby-prof/index.html")).to include note
    expect(@project.read("out.log")).to include note

    slow = start(3, "PAUSE3" => "20")
    sleep 0.05 until Dir.glob(@project.path("tmp/ruby-prof/.parallel/*/*.started")).length == 3
    wait_for(start(1))
    expect(@project.json["notes"]).to include "Process 3 had not ended when this was written."
  ensure
    if slow
      Process.kill(:KILL, slow)
      Process.wait(slow)
    end
  end

  it "is merged by one process at a time, and named after its parent" do
    require "ruby-prof/test_run"
    require "ruby-prof/test_run/whole_run"
    run = RubyProf.send(:const_get, :TestRun)
    directory = @project.path("out")
    parallel = run::Parallel.new(directory, "one", "2", nil, run::Output.new(directory))
    facts = { "number" => "2", "pid" => Process.pid, "framework" => "None", "started_at" => "2026-01-01T00:00:00Z", "seconds" => 1.0, "profiled" => false,
              "measure_mode" => 0, "outside_total" => 0, "outside_calls" => 0 }
    locked = parallel.share(run::Part.new(facts, [], nil)) do |parts, missing|
      expect([parts.length, missing]).to eq [1, []]
      File.open("#{directory}/.parallel/lock") { |lock| lock.flock(File::LOCK_EX | File::LOCK_NB) }
    end
    expect(locked).to be false
    expect(File.open("#{directory}/.parallel/lock") { |lock| lock.flock(File::LOCK_EX | File::LOCK_NB) }).to eq 0
    expect(run::Parallel.parent).to match(/\A#{Process.ppid}-\d+\z/) if File.exist?("/proc/self/stat")
  end

  it "works with parallel_tests" do
    begin
      Gem::Specification.find_by_name("parallel_tests")
    rescue Gem::MissingSpecError
      skip "parallel_tests is not installed here"
    end
    @project.write(".rspec", "--require shop\n")
    result = @project.run(ENVIRONMENT, ["-S", "parallel_rspec", "-n", "3", "spec"])
    expect(result.stdout).to include "6 examples, 0 failures"
    expect(descriptions.length).to eq 6
    expect(taxes).to eq 9
    expect(@project.json["notes"]).to eq []
    # Those that are not the last say one line.
    expect(result.stdout.scan("Slowest examples").length).to eq 1
    expect(result.stdout.scan(/^ruby-prof: process \d is done/).length).to eq 2
    # All were there: nothing is kept for later ones.
    expect(Dir.children(@project.path("tmp/ruby-prof/.parallel"))).to eq ["lock"]
  end

  it "takes a process whose files cannot be loaded for one that is done" do
    @project.write("spec/part2_spec.rb", "require 'ruby-prof/rspec'\nraise 'while loading'")
    groups = { "PARALLEL_TEST_GROUPS" => "2" }
    wait_for(start(1, **groups))
    expect(@project.read("out.log")).to include "others of this run are not"
    wait_for(start(2, **groups))
    expect(@project.read("err.log")).to include("ruby-prof: 2 examples of 2 processes", "Process 2 ran no example: it ended while it was loading.")
    expect(descriptions.length).to eq 2
    expect(@project.json["notes"]).to eq ["Process 2 ran no example: it ended while it was loading."]
    expect(Dir.children(@project.path("tmp/ruby-prof/.parallel"))).to eq ["lock"]
  end

  it "says how processes that were started apart find each other" do
    env = ENVIRONMENT.merge("TEST_ENV_NUMBER" => "2", "PARALLEL_TEST_GROUPS" => "2")
    wait_for(@project.spawn_rspec("spec/part1_spec.rb", env: env))
    expect(@project.read("out.log")).to include "others of this run are not: the report so far is tmp/ruby-prof/index.html; if they were started apart, give all of them the same RUBY_PROF_RUN"
    wait_for(start(1, "PARALLEL_TEST_GROUPS" => "2"))
    expect(@project.read("out.log")).to match(/others of this run are not: the report so far is \S+index.html$/)
  end

  it "leaves out parts that are damaged or not ours, and names them" do
    wait_for(start(1), start(2))
    parts = Dir.glob(@project.path("tmp/ruby-prof/.parallel/*/*.{json,rbprof}")).sort.group_by { |path| path[/\d+\.(?:json|rbprof)\z/].to_i }.values
    one, other = parts.sort_by { |json, _| JSON.parse(File.read(json))["facts"]["number"] }
    File.write(other.last, "no profile")
    wait_for(start(3))
    expect(@project.read("out.log")).to match(/the profile of process 2 is left out, it cannot be read: \S+/)
    expect(descriptions.length).to eq 6
    expect(taxes).to eq 1 + 1 + 3 + 1
    ["{", "{}", "[]", '{"facts":{},"rows":[]}', '{"facts":1,"rows":1}', "\xff", JSON.generate(JSON.parse(File.read(one.first)).merge("rows" => [{ "status" => "odd" }]))].each do |text|
      File.write(one.first, text)
      wait_for(start(3))
      shown = one.first.delete_prefix("#{File.realpath(@project.directory)}/").delete_prefix("#{@project.directory}/")
      expect(@project.read("out.log")).to include("ruby-prof: #{shown} is left out, what a process of this run wrote: it is no ")
      expect(descriptions).to include("part 3 taxes", "part 2 taxes").and(satisfy { |names| !names.include?("part 1 taxes") })
    end
  end
end
