# frozen_string_literal: true

# Names of ruby-prof 0.x and 1.x that public code still uses.
RSpec.describe "names of ruby-prof 0.x and 1.x" do
  let(:profile) { RubyProf.profile(operators: true) { [1, 2].each { |number| number.to_s.size } } }
  let(:thread) { profile.threads[0] }

  def method_named(name)
    thread.methods.find { |method| method.full_name == name }
  end

  it "has marks of the measure modes" do
    expect(RubyProf::Measure.constants).to match_array %i[WallTime ProcessTime Allocations Memory]
    expect(RubyProf::CLOCKS_PER_SEC).to eq 1_000_000
  end

  it "runs scripts" do
    require "tempfile"
    Tempfile.create(["script", ".rb"]) do |file|
      file.write("$ran_by_start_script = [3].sum")
      file.close
      expect(RubyProf.start_script(file.path)).to be true
      expect { RubyProf.ensure_not_running! }.to raise_error(RuntimeError, /already running/)
      expect(RubyProf.ensure_running!).to be_nil
      names = RubyProf.stop.threads[0].methods.map(&:full_name)
      expect(names).to include("<Module::Kernel>#load", "Array#sum")
      expect { RubyProf.ensure_running! }.to raise_error(RuntimeError, /not yet called/)
    end
  end

  it "measures" do
    %i[measure_wall_time measure_process_time measure_cpu_time measure_allocations measure_memory measure_gc_runs measure_gc_time].each do |name|
      before = RubyProf.send(name)
      Array.new(1_000) { Object.new }
      expect(RubyProf.send(name)).to be >= before
    end
    expect(RubyProf.measure_mode_string).to eq "wall_time"
    expect(RubyProf.cpu_frequency).to be >= 0.0
  end

  it "has old constants, with a word about them" do
    script = <<~RUBY
      require "ruby-prof"
      2.times { p RubyProf::CPU_TIME == RubyProf::PROCESS_TIME }
      p RubyProf.const_get("GC_RUNS"), RubyProf::CallInfo, RubyProf::CallInfoVisitor
      begin
        RubyProf::NOTHING
      rescue NameError => e
        puts e.message
      end
    RUBY
    output = IO.popen([RbConfig.ruby, "-I", File.expand_path("../../lib", __dir__), "-e", script], err: %i[child out], &:read)
    expect(output.scan("CPU_TIME is PROCESS_TIME").size).to eq 1
    expect(output).to include("-e:2: warning: ruby-prof: RubyProf::CPU_TIME", "GC_RUNS are not measured any more", "true\ntrue\n")
    expect(output).to include("RubyProf::CallTree\nRubyProf::CallTreeVisitor\n", "uninitialized constant RubyProf::NOTHING")
  end

  it "knows callers and callees by their old names" do
    each = method_named("Array#each")
    expect(each.call_infos.map(&:to_s)).to eq each.call_trees.call_trees.map(&:to_s)
    expect(each.children.map { |tree| tree.target.full_name }).to eq each.aggregate_children.map { |tree| tree.target.full_name }
    expect(each.parents).to eq [thread.call_tree]
    expect([each.aggregate_parents.size, each.min_depth, each.root?]).to eq [1, 1, false]
    expect([thread.top_methods[0].root?, thread.top_call_infos, thread.call_tree.root?]).to eq [true, [thread.call_tree], true]
  end

  it "eliminates methods" do
    total = thread.total_time
    expect(profile.eliminate_methods!([/Array#/, "String#size"])).to match_array ["Array#each", "String#size"]
    expect(profile.threads[0].methods.map(&:full_name)).to include("Integer#to_s").and(satisfy { |names| names.grep(/Array/).empty? })
    expect(profile.threads[0].total_time).to eq total
  end

  it "eliminates methods that a file names" do
    require "tempfile"
    Tempfile.create("list") do |file|
      file.write("Array#\n\nString#.*\n")
      file.close
      expect(profile.eliminate_methods!(file.path)).to match_array ["Array#each", "String#size"]
    end
  end

  it "takes merge_fibers and other options of old" do
    expect(RubyProf.profile(merge_fibers: true) { 1 }.threads.size).to eq 1
    expect(RubyProf::Profile.new(RubyProf::PROCESS_TIME, []).measure_mode).to eq RubyProf::PROCESS_TIME
  end
end
