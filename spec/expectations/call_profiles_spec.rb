# frozen_string_literal: true

require "expected_outcomes"

# The golden call profile as a matcher and as an assertion. What it compares is the matter of spec/unit/call_profile*.
RSpec.describe "match_call_profile", stress: false do
  program = <<~RUBY
    class Job
      def run = 3.times { step }
      def step = 1
      def more = step
      attr_accessor :done
      def finish = @done = done.to_i + step
    end
  RUBY
  spec = ExpectedOutcomes::WORDS + <<~RUBY
    RSpec::Matchers.define_negated_matcher :differ_from_call_profile, :match_call_profile
    RSpec.describe Job do
      let(:job) { Job.new }
      passes("run") { expect { job.run; CHANGE[job] }.to match_call_profile("run") }
      passes("negated") { expect { job.more }.not_to match_call_profile("run") }
      passes("joined") { job; expect { job.finish }.to match_call_profile("finish").and change { job.done.to_i }.by(1) }
      passes("joined with ours") { job; expect { job.finish }.to change { job.done.to_i }.by(1).and(match_call_profile("finish")).and(make_calls("Job#step").once) }
      passes("negated matcher") { expect { job.more }.to differ_from_call_profile("run") }
      refused("argument") { expect { |n| job.run }.to match_call_profile("run") }
      fails("value") { expect(5).to match_call_profile("run") }
      refused("option") { expect { job.run }.to match_call_profile("run", ignroe: []) }
      it { expect { job.run; CHANGE[job] }.to match_call_profile("run") }
    end
  RUBY
  test = <<~RUBY
    require "minitest/autorun"
    require "ruby-prof/minitest"
    require "program"
    class JobTest < Minitest::Test
      def test_run = assert_call_profile("run") { Job.new.run; CHANGE[Job.new] }
    end
  RUBY
  same = "CHANGE = ->(job) { }\n"
  changed = "CHANGE = ->(job) { job.step }\n"

  include ExpectedOutcomes

  it "writes the file, matches, fails when a call is added, and writes anew when asked" do
    SampleProject.open("program.rb" => program + same, "spec/job_spec.rb" => spec) do |project|
      first = project.rspec("--order", "defined")
      expect(surprises(first)).to eq({})
      expect(project.files("spec/call_profiles/*")).to include "spec/call_profiles/run.json"
      expect(first.outcomes.keys).to include "is expected to match the call profile run"
      expect(surprises(project.rspec("--order", "defined"))).to eq({})

      project.write("program.rb", program + changed)
      after = project.rspec("--order", "defined")
      expect(surprises(after).keys).to eq ["passes: run"]
      expect(after["passes: run"]).to include("spec/call_profiles/run.json").and include("Job#step").and include("RUBY_PROF_UPDATE=1")

      project.rspec("-e", "run", env: { "RUBY_PROF_UPDATE" => "1" })
      expect(surprises(project.rspec("--order", "defined"))).to eq({})
    end
  end

  it "does so for Minitest" do
    SampleProject.open("program.rb" => program + same, "test/job_test.rb" => test) do |project|
      expect(project.minitest("test/job_test.rb")["test_run"]).to eq :passed
      expect(project.files("test/call_profiles/*")).to eq ["test/call_profiles/run.json"]
      expect(project.minitest("test/job_test.rb")["test_run"]).to eq :passed
      project.write("program.rb", program + changed)
      expect(project.minitest("test/job_test.rb")["test_run"]).to include("test/call_profiles/run.json").and include("Job#step")
    end
  end
end
