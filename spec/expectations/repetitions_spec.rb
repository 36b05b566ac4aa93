# frozen_string_literal: true

require "sample_project"

# Every matcher and every assertion, again and again, in random order, while another thread works: not one may ever fail.
# REPETITIONS=300 rspec spec/expectations/repetitions_spec.rb takes some minutes.
RSpec.describe "The whole helper, repeated" do
  repetitions = Integer(ENV.fetch("REPETITIONS", "20"))
  suite = File.join(SPEC_ROOT, "support/helper_suite")

  def repeat(suite, repetitions)
    Dir.mktmpdir("ruby-prof-suite") do |directory|
      FileUtils.cp_r("#{suite}/.", directory)
      project = SampleProject.new(File.realpath(directory))
      repetitions.times.filter_map do
        seed = rand(100_000)
        out, err, status = yield project, seed.to_s
        [seed, out, err].join("\n") unless status.success? && err.empty?
      end
    end
  end

  it "gives the same results #{repetitions} times in RSpec", stress: false do
    failures = repeat(suite, repetitions) do |project, seed|
      project.execute({}, "-Ilib", "-S", "rspec", "spec/every_matcher.rb", "--order", "random", "--seed", seed)
    end
    expect(failures).to eq []
  end

  it "gives the same results #{repetitions} times in Minitest", stress: false do
    failures = repeat(suite, repetitions) do |project, seed|
      project.execute({}, "-Ilib", "test/every_assertion_test.rb", "--seed", seed)
    end
    expect(failures).to eq []
  end

  it "runs all that is in the suite", stress: false do
    Dir.mktmpdir do |directory|
      FileUtils.cp_r("#{suite}/.", directory)
      project = SampleProject.new(directory)
      out, = project.execute({}, "-Ilib", "-S", "rspec", "spec/every_matcher.rb")
      expect(out[/^(\d+) examples, 0 failures/, 1].to_i).to eq File.read("#{suite}/spec/every_matcher.rb").scan(/^ *it[ (]/).size
      out, = project.execute({}, "-Ilib", "test/every_assertion_test.rb")
      expect(out[/^(\d+) runs, \d+ assertions, 0 failures, 0 errors, 0 skips/, 1].to_i).to eq File.read("#{suite}/test/every_assertion_test.rb").scan(/def test_/).size
    end
  end
end
