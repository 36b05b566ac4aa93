# frozen_string_literal: true

require "command"

RSpec.describe "RubyProf::ProfileTask", stress: false do
  include Command

  before do
    skip "Rake is not installed" unless system(Subprocess::CLEAN, RbConfig.ruby, "-S", "rake", "--version", out: File::NULL, err: File::NULL)
    file("lib/hello.rb", "def work = 1")
    file("test/a_test.rb", "require 'hello'\nwork\np ARGV, $VERBOSE, __FILE__ == $0\n")
    file("test/b_test.rb", "require 'hello'\nwork\nraise 'boom'\n")
    file("test/c_test.rb", "require 'hello'\n2.times { work }\nputs :c\n")
  end

  def rake(rakefile, *words, env: {})
    file("Rakefile", "require 'ruby-prof/task'\n#{rakefile}")
    plain_ruby("-W1", "-S", "rake", *words, env: env)
  end

  it "runs each file and writes a report on it, into profile/ by default" do
    ended = rake("RubyProf::ProfileTask.new { |task| task.pattern = 'test/*_test.rb' }", "profile", env: { "OPTIONS" => "-v --name x" })
    expect(ended.stdout).to eq %(["-v", "--name", "x"]\ntrue\ntrue\nc\n)
    expect(files("profile/*")).to eq %w[profile/a_test.txt profile/b_test.txt profile/c_test.txt]
    expect(files("profile/*").map { |name| calls(read(name), "Object#work") }).to eq [1, 1, 2]
    expect(ended.status.exitstatus).to eq 0
    expect(ended.stderr).to match(/boom \(RuntimeError\)\nruby-prof: test.b_test.rb failed \(exit status 1\); its report is in .*b_test.txt/)
  end

  it "takes name, printer, directory, min_percent and Ruby's options" do
    ended = rake(<<~RUBY, "page")
      RubyProf::ProfileTask.new(:page) do |task|
        task.test_files = FileList["test/a_test.rb"]
        task.printer = :graph_html
        task.output_dir = "out/my reports"
        task.min_percent = 0.5
        task.warning = false
        task.ruby_opts = ["-rset"]
      end
    RUBY
    expect([ended.stdout, ended.stderr]).to eq ["[]\nfalse\ntrue\n", ""]
    expect(files("out/**/*")).to eq ["out/my reports/a_test.html"]
    expect(read("out/my reports/a_test.html")).to include "Object#work"
  end

  it "keeps reports on files of the same name apart" do
    file("test/x/a_test.rb", "")
    rake("RubyProf::ProfileTask.new { |task| task.pattern = 'test/**/a_test.rb' }", "profile")
    expect(files("profile/*")).to eq %w[profile/test-a_test.txt profile/test-x-a_test.txt]
  end

  it "fails in the end if it is told to" do
    rakefile = "RubyProf::ProfileTask.new { |task| task.pattern = 'test/*_test.rb'; task.fail_on_error = true }"
    ended = rake(rakefile, "profile")
    expect(ended.status.exitstatus).to eq 1
    expect(ended.stderr).to include "1 of 3 scripts failed: test/b_test.rb"
    expect(files("profile/*").length).to eq 3
  end

  it "removes its reports and nothing else" do
    file("profile/mine.txt", "")
    rakefile = "RubyProf::ProfileTask.new { |task| task.pattern = 'test/*_test.rb' }"
    rake(rakefile, "profile")
    rake(rakefile, "clobber_profile")
    expect(files("profile/*")).to eq ["profile/mine.txt"]
  end

  it "names the printers when it is given another" do
    ended = rake("RubyProf::ProfileTask.new { |task| task.pattern = 'test/*_test.rb'; task.printer = :pdf }", "profile")
    expect(ended.stderr).to include "printer: :pdf cannot be used: give one of flat, graph"
  end

  it "is listed" do
    expect(rake("RubyProf::ProfileTask.new", "-T").stdout).to match(%r{rake profile +# Profile each test file into profile/})
  end

  it "says where a report is only if there is one" do
    file("test/b_test.rb", "def broken(")
    file("test/c_test.rb", "$stdout.sync = true; puts :c; Process.kill(:KILL, $$); sleep")
    file("profile/b_test.txt", "old")
    ended = rake("RubyProf::ProfileTask.new { |task| task.pattern = 'test/*_test.rb' }", "profile")
    said = ended.stderr.lines.grep(/\Aruby-prof: /)
    expect(said).to eq ["ruby-prof: test/b_test.rb failed (exit status 1)\n", "ruby-prof: test/c_test.rb failed (signal 9)\n"]
    expect([read("profile/b_test.txt"), File.exist?("#{directory}/profile/c_test.txt")]).to eq ["old", false]
  end

  it "runs a script whose name looks like an option" do
    file("-t6.rb", "puts :ran\n")
    ended = rake("RubyProf::ProfileTask.new { |task| task.test_files = ['-t6.rb'] }", "profile")
    expect([ended.stdout, ended.stderr, files("profile/*")]).to eq ["ran\n", "", ["profile/-t6.txt"]]
  end
end
