# frozen_string_literal: true

require "test_project"

# RUBY_PROF_FORMAT, and what expectations measured.
RSpec.describe "the formats of a run", stress: false do
  after { @project&.delete }

  HOSTILE = "<b>&\"' ]]> \u0001\u0008\u001f \ufffe \u202e newline\n tab\t é 日本"

  def project
    @project ||= TestProject.new("spec/shop_spec.rb" => <<~RUBY)
      # encoding: UTF-8
      require "ruby-prof/rspec"
      RUN = RubyProf.send(:const_get, :TestRun)
      RSpec.describe Shop do
        it #{HOSTILE.dump} do
          RUN.measured(expectation: "make_calls(Shop#tax) <&>", limit: "exactly 1", called: 1, passed: true)
        end
        it("\\xff\\xfe".b + "bytes") { RUN.measured(expectation: "sizes", limit: 10..12, called: [1, 2, 3], passed: false); raise "no \\u0000 <good>" }
        it("waits", :skip) { 1 }
      end
      RUN.measured(expectation: "outside of examples", limit: 1, called: 1, passed: true)
    RUBY
  end

  it "are nothing unless they are asked for" do
    project.rspec
    expect(File).not_to exist project.path("tmp")
  end

  it "writes JSON without a profile, with what expectations measured" do
    result = project.rspec(env: { "RUBY_PROF_FORMAT" => "json" })
    expect(project.reports).to eq %w[run.json]
    expect(result.stdout.scrub).to match(%r{ruby-prof wrote:\n  JSON +tmp/ruby-prof/run\.json})
    rows = project.json["examples"]
    expect(rows.map { |row| row["status"] }).to eq %w[passed failed pending]
    expect(rows[0]["expectations"]).to eq [{ "expectation" => "make_calls(Shop#tax) <&>", "limit" => "exactly 1", "called" => 1, "passed" => true }]
    expect(rows[1]["expectations"]).to eq [{ "expectation" => "sizes", "limit" => "10..12", "called" => [1, 2, 3], "passed" => false }]
    expect(rows[2]["expectations"]).to eq []
    expect(rows[0]).to include("description" => "Shop #{HOSTILE}", "location" => "./spec/shop_spec.rb:5", "calls" => nil, "total" => nil, "report" => nil)
    expect(rows[1]["failure"]).to start_with "no"
    expect(project.json.keys).to eq %w[version generator framework started_at seconds mode unit processes notes totals report profile examples]
  end

  it "writes XML that can be read, whatever the names are" do
    begin
      require "rexml/document"
    rescue LoadError
      skip "rexml is not installed here"
    end
    project.rspec(env: { "RUBY_PROF" => "1", "RUBY_PROF_FORMAT" => "junit" })
    document = REXML::Document.new(project.read("tmp/ruby-prof/junit.xml"))
    suite = document.elements["testsuites/testsuite"]
    expect(suite.attributes.to_h { |name, value| [name, value.to_s] }).to include("name" => "RSpec", "tests" => "3", "failures" => "1", "skipped" => "1")
    cases = suite.get_elements("testcase")
    expect(cases.length).to eq 3
    expect(cases[0].attributes["name"]).to eq "Shop #{HOSTILE.gsub(/[\u0001\u0008\u001f\ufffe]/, "\ufffd")}"
    expect(cases[0].attributes["classname"]).to eq "spec.shop_spec"
    properties = cases[0].get_elements("properties/property").to_h { |each| [each.attributes["name"], each.attributes["value"]] }
    expect(properties).to include("ruby_prof.expectation.1" => "make_calls(Shop#tax) <&>", "ruby_prof.expectation.1.called" => "1", "ruby_prof.expectation.1.passed" => "true")
    expect(properties["ruby_prof.calls"]).to match(/\A\d+\z/)
    expect(cases[1].elements["failure"].attributes["message"]).to include "<good>"
    expect(cases[2].elements["skipped"]).not_to be_nil
    expect(project.read("tmp/ruby-prof/junit.xml")).not_to match(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe]/)
  end

  it "tells of expectations in the text" do
    result = project.rspec(env: { "RUBY_PROF" => "1" })
    expect(result.stdout.scrub).to include "\n\n2 expectations on calls, 1 failed\n\n  Index"
    expect(result.stdout.scrub[/^ruby-prof: 3 examples.*\z/m]).not_to match(/[\u0000-\u0008\u202e]/)
  end

  it "gives limits that a machine can read" do
    other = TestProject.new("spec/limit_spec.rb" => <<~RUBY)
      require "ruby-prof/rspec"
      Bounds = Struct.new(:least, :most) { def to_s = least == most && most.zero? ? "no" : "some" }
      RSpec.describe("limits") do
        it "tells" do
          run = RubyProf.send(:const_get, :TestRun)
          run.measured(expectation: "a", limit: Bounds.new(0, 0), called: 0, passed: true)
          run.measured(expectation: "b", limit: Bounds.new(2, nil), called: 1, passed: true, negated: true)
          run.measured(expectation: "c", limit: "no", called: 0, passed: true)
        end
      end
    RUBY
    other.rspec(env: { "RUBY_PROF_FORMAT" => "json,junit" })
    expect(other.json["examples"].first["expectations"]).to eq [
      { "expectation" => "a", "limit" => "exactly 0", "least" => 0, "most" => 0, "called" => 0, "passed" => true },
      { "expectation" => "b", "limit" => "some", "least" => 2, "most" => nil, "called" => 1, "passed" => true, "negated" => true },
      { "expectation" => "c", "limit" => "exactly 0", "called" => 0, "passed" => true }
    ]
    expect(other.read("tmp/ruby-prof/junit.xml")).to include '"ruby_prof.expectation.2.negated" value="true"'
  ensure
    other&.delete
  end

  it "marks examples that failed, and keeps blocks of lines apart" do
    other = TestProject.new("spec/mark_spec.rb" => "require 'ruby-prof/rspec'\nRSpec.describe('mark') { it('a', ruby_prof: :flat) { 1 }; it('b', ruby_prof: :flat) { raise 'no' } }")
    expect(other.rspec.stdout).to match(/^  mark a .*\.txt\n  mark b .*\.txt  failed$/)
    expect(other.rspec("-e", "nothing", env: { "RUBY_PROF" => "flat" }).stdout).to match(/^ruby-prof: 0 examples.*\n\n  Index/)
  ensure
    other&.delete
  end
end
