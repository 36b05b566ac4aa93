# frozen_string_literal: true

require "test_project"

# Runs that are left in the middle.
RSpec.describe "a run that an example ends", stress: false do
  # Under nohup it is ignored, here and in what we start.
  around do |example|
    ours = trap(:HUP, "DEFAULT")
    example.run
  ensure
    trap(:HUP, ours || "DEFAULT")
  end

  after { @project&.delete }

  def rspec(work, env: {})
    @project = TestProject.new("spec/end_spec.rb" => <<~RUBY)
      require "ruby-prof/rspec"
      RSpec.describe(Shop) { it("one") { Shop.new.tidy(1) }; it("two") { Shop.new.tidy(1); #{work} }; it("three") { Shop.new.tidy(1) } }
    RUBY
    @project.rspec("--order", "defined", env: { "RUBY_PROF" => "flat", "RUBY_PROF_ONLY" => "Shop", "RUBY_PROF_BOOT" => "0", "RUBY_PROF_FORMAT" => "text,json,junit" }.merge(env))
  end

  { "exit 7" => 7, "abort 'enough'" => 1, "Process.kill(:TERM, $$); sleep 5" => nil, "Process.kill(:HUP, $$); sleep 5" => nil }.each do |work, status|
    it "lists the example that did #{work}" do
      result = rspec(work)
      expect(result.status.exitstatus).to eq status
      expect(@project.json["examples"].map { |row| row.values_at("description", "status", "calls") }).to eq [["Shop one", "passed", 1], ["Shop two", "ended", 1]]
      expect(@project.json["totals"]).to include("examples" => 2, "ended" => 1, "calls" => 2, "outside_calls" => 0)
      expect(@project.json["notes"]).to eq ["“Shop two” (./spec/end_spec.rb:2) ended the run: what would have come after it did not run."]
      expect(result.stdout).to include("ruby-prof: 2 examples, 2 calls").and match(/Shop two .*  ended the run$/)
      expect(@project.read("tmp/ruby-prof/junit.xml")).to include('errors="1"', '<error message="the example ended the run">')
      expect(@project.read("tmp/ruby-prof/index.html")).to include('"Shop two","./spec/end_spec.rb:2",3,')
    end
  end

  it "lists the test of Minitest that ended the run" do
    @project = TestProject.new("end_test.rb" => <<~RUBY)
      require "minitest/autorun"
      require "ruby-prof/minitest"
      class EndTest < Minitest::Test
        def test_it
          Shop.new.tidy(1)
          exit 3
        end
      end
    RUBY
    @project.minitest("end_test.rb", env: { "RUBY_PROF" => "flat", "RUBY_PROF_ONLY" => "Shop", "RUBY_PROF_FORMAT" => "text,json" })
    expect(@project.json["examples"].map { |row| row.values_at("description", "status", "calls", "location") }).to eq [["EndTest#test_it", "ended", 1, "end_test.rb:4"]]
  end
end
