# frozen_string_literal: true

require "test_project"

# TestProf's own use of RubyProf, with this library in the place of ruby-prof.
RSpec.describe "beside TestProf", stress: false do
  before do
    begin
      Gem::Specification.find_by_name("test-prof")
    rescue Gem::MissingSpecError
      skip "test-prof is not installed here"
    end
  end
  after { @project&.delete }

  def project(first, second)
    @project = TestProject.new("spec/shop_spec.rb" => <<~RUBY)
      require "#{first}"
      require "#{second}"
      # Whatever share of the time it has.
      TestProf::RubyProf.configure { |config| config.min_percent = 0 }
      RSpec.describe Shop do
        it("theirs", :rprof) { Shop.new.price([1] * 60_000) }
        it("ours", ruby_prof: :flat) { Shop.new.price([1] * 60_000) }
        it("both", :rprof, ruby_prof: :flat) { Shop.new.price([1] * 60_000) }
      end
    RUBY
  end

  def theirs
    Dir.glob("*", base: @project.path("tmp/test_prof")).to_h { |name| [name, @project.read("tmp/test_prof/#{name}")] }
  end

  [%w[test-prof ruby-prof/rspec], %w[ruby-prof/rspec test-prof]].each do |first, second|
    it "works with both tags, #{first} first" do
      result = project(first, second).rspec(env: { "RUBY_PROF" => "1" })
      expect(result.stdout).to include "3 examples, 0 failures"
      expect(result.stdout + result.stderr).not_to include "ERROR"
      expect(theirs.length).to eq 2
      expect(theirs.values).to all(match(/\s60000\s+Shop#tax/))
      expect(@project.reports.grep(/\AShop/).length).to eq 2
      expect(@project.reports).to include "index.html"
    end
  end

  it "works with TEST_RUBY_PROF=1" do
    result = project("test-prof", "ruby-prof/rspec").rspec(env: { "TEST_RUBY_PROF" => "1" })
    expect(result.stdout).to include "RubyProf enabled globally"
    expect(theirs.keys).to eq ["ruby-prof-report-flat-wall-total.txt"]
    expect(theirs.values.first).to match(/\s180000\s+Shop#tax/)
    expect(@project.reports.length).to eq 2
  end
end
