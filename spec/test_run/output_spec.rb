# frozen_string_literal: true

require "test_project"

# Reports that cannot be written are one line, and no failure of a test.
RSpec.describe "a run whose reports cannot be written", stress: false do
  before do
    @project = TestProject.new("spec/shop_spec.rb" => "require 'ruby-prof/rspec'\nRSpec.describe(Shop) { it('taxes', :ruby_prof) { Shop.new.tax(1) } }")
    @scratch = Dir.mktmpdir
  end
  after do
    @project.delete
    FileUtils.remove_entry(@scratch)
  end

  def problems(result)
    result.stdout.lines(chomp: true).grep(/^ruby-prof: (?!1 example)/)
  end

  it "says so where the directory is a file, and saves the profile elsewhere" do
    @project.write("reports", "a file")
    result = @project.rspec(env: { "RUBY_PROF" => "1", "RUBY_PROF_OUT" => "reports", "TMPDIR" => @scratch, "RUBY_PROF_FORMAT" => "text,json,junit" })
    expect(result.status.exitstatus).to eq 0
    expect(result.stdout).to include "1 example, 0 failures"
    expect(problems(result)).to match [/\Aruby-prof: cannot write to reports: (?:File exists|Not a directory)\z/,
                                       /\Aruby-prof: the run's profile is saved in #{@scratch}\S+\.rbprof: ruby-prof report/]
    expect(@project.read("reports")).to eq "a file"
    saved = Dir.glob("#{@scratch}/*.rbprof")
    expect(RubyProf.load(saved.first).threads.flat_map(&:methods).map(&:full_name)).to include "Shop#tax"
    expect(result.stderr).to eq ""
  end

  it "says so where the disk is full" do
    FileUtils.mkdir_p(@project.path("tmp/ruby-prof"))
    %w[index.html run.html run.rbprof].each { |name| File.symlink("/dev/full", @project.path("tmp/ruby-prof/#{name}")) }
    result = @project.rspec(env: { "RUBY_PROF" => "1", "TMPDIR" => @scratch })
    expect(result.status.exitstatus).to eq 0
    expect(problems(result)).to match [/cannot write to tmp.ruby-prof: No space left on device/, /the run's profile is saved in/]
    expect(@project.reports.grep(/Shop-taxes/).length).to eq 2
  end

  it "says so where files may not become as large" do
    @project.write("boot.rb", "Process.setrlimit(:FSIZE, 5000)")
    result = @project.rspec(env: { "RUBY_PROF" => "1", "TMPDIR" => @scratch })
    expect(result.status.exitstatus).to eq 0
    expect(problems(result)).to include(/cannot write to tmp.ruby-prof: File too large/)
    expect(result.stdout).to include("ruby-prof: 1 example, ")
  ensure
    @project.write("boot.rb", "")
  end

  it "says so when processes share an output directory that is none" do
    @project.write("reports", "a file")
    result = @project.rspec(env: { "RUBY_PROF" => "1", "RUBY_PROF_OUT" => "reports", "TMPDIR" => @scratch, "TEST_ENV_NUMBER" => "2" })
    expect(result.status.exitstatus).to eq 0
    expect(problems(result).join("\n")).to match(/cannot write to reports/).and match(/the run's profile is saved in/)
  end

  it "writes reports of others' by TestRun.write_report, or warns" do
    @project.write("spec/shop_spec.rb", <<~RUBY)
      require "ruby-prof/rspec"
      RSpec.describe(Shop) do
        it "reports" do
          profile = RubyProf::Profile.profile { Shop.new.tax(1) }
          run = RubyProf.send(:const_get, :TestRun)
          puts "paths: \#{[run.write_report(profile, name: "a/b c"), run.write_report(profile, name: "a/b c", printer: "flat")].inspect}"
          expect { run.write_report(profile, name: "x", printer: "none") }.to raise_error(ArgumentError, /graph_html/)
        end
      end
    RUBY
    result = @project.rspec
    paths = eval(result.stdout[/paths: (.*)/, 1])
    expect(paths).to match [%r{\Atmp/ruby-prof/a-b-c-\h{8}\.html\z}, %r{\Atmp/ruby-prof/a-b-c-\h{8}-2\.txt\z}]
    expect(@project.read(paths.last)).to include "Shop#tax"
    @project.write("reports", "a file")
    result = @project.rspec(env: { "RUBY_PROF_OUT" => "reports" })
    expect(result.stdout).to include "paths: [nil, nil]"
    expect(result.stderr.scan("ruby-prof: cannot write to reports").length).to eq 2
  end
end
