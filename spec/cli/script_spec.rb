# frozen_string_literal: true

require "command"

# A script under the command is what it is without it.
RSpec.describe "ruby-prof script.rb", stress: false do
  include Command

  # Runs the script with and without us and expects the same of both; gives the report.
  def same(script, *arguments, input: "")
    file("script.rb", script)
    bare = plain_ruby("script.rb", *arguments, input: input)
    profiled = ruby_prof("-f", "report.txt", "script.rb", *arguments, input: input)
    expect(profiled.stdout).to eq bare.stdout
    expect(profiled.stderr.gsub(/0x\h+/, "0x")).to eq bare.stderr.gsub(/0x\h+/, "0x")
    expect(profiled.status.to_s.sub(/\d+/, "")).to eq bare.status.to_s.sub(/\d+/, "")
    read("report.txt")
  end

  it "has its own $0, __FILE__, ARGV and environment" do
    report = same(<<~'RUBY', "one", "--two", "-f", "3", "--")
      def work = 5.times { |n| n.to_s }
      work if __FILE__ == $0
      p $0, $PROGRAM_NAME, __FILE__, __dir__, ARGV, ENV.keys.grep(/RUBY_PROF|RUBYOPT|RUBYLIB/), caller
    RUBY
    expect(calls(report, "Integer#to_s")).to eq 5
    expect(calls(report, "Object#work")).to eq 1
  end

  it "shows nothing but the program: no call of ours, none of what loads it" do
    file("script.rb", "1.to_s\nat_exit { 2.to_s }\n")
    ruby_prof("-f", "report.txt", "script.rb")
    expect(rows(read("report.txt")).map { |line| line.split[6] }).to contain_exactly("[global]#", "Integer#to_s", "Kernel#at_exit")
  end

  it "takes -- between the script and its arguments, as ruby-prof does" do
    file("script.rb", "p ARGV")
    expect(ruby_prof("-f", "report.txt", "script.rb", "--", "-a", "--").stdout).to eq %(["-a", "--"]\n)
    expect(ruby_prof("-f", "report.txt", "--", "script.rb", "-a").stdout).to eq %(["-a"]\n)
  end

  it "reads DATA and STDIN" do
    report = same(<<~'RUBY', input: "from stdin\n")
      print DATA.read, STDIN.read, DATA.lineno.to_s
      __END__
      from data
    RUBY
    expect(calls(report, "Kernel#print")).to eq 1
  end

  it "has the open files that it was given" do
    from, to = IO.pipe
    file("script.rb", "IO.for_fd(7).write('hello')")
    system(Subprocess::CLEAN, RbConfig.ruby, "-I", Command::LIBRARY, Command::EXE, "-f", "r.txt", "script.rb", chdir: directory, 7 => to)
    to.close
    expect(from.read).to eq "hello"
  ensure
    from.close
  end

  it "requires its neighbours" do
    file("neighbour.rb", "def neighbour = :here")
    expect(calls(same(%(require_relative "neighbour"; p neighbour)), "Object#neighbour")).to eq 1
  end

  it "keeps its magic comments" do
    same(<<~'RUBY')
      # frozen_string_literal: true
      # encoding: iso-8859-1
      p "literal".frozen?, __ENCODING__
    RUBY
  end

  it "runs its at_exit handlers first, and they are profiled" do
    report = same(<<~'RUBY')
      def late = 1
      at_exit { late; puts "two" }
      at_exit { late; puts "one"; at_exit { late } }
    RUBY
    expect(calls(report, "Object#late")).to eq 3
  end

  {
    "exit 4" => "exit 4",
    "exit in at_exit" => "at_exit { exit 5 }; exit 4",
    "abort" => 'abort "no more"',
    "an uncaught exception" => "def deep = raise(ArgumentError, \"bad\\nthing\")\ndef shallow = deep\nshallow",
    "an exception with a cause" => 'begin; raise "one"; rescue; raise TypeError, "two"; end',
    "an uncaught throw" => "throw :ball",
    "an exception in a thread" => "Thread.new { raise \"in thread\" }.join",
    "an exception in at_exit" => "at_exit { raise \"late\" }",
    "SystemStackError" => "def down = down\nbegin; down; rescue SystemStackError; exit 9; end"
  }.each do |what, ending|
    it "ends like it would by itself: #{what}" do
      report = same("#{ending.start_with?("def down") ? "" : "1.to_s\n"}#{ending}")
      expect(report).to include "[global]#"
    end
  end

  it "has a syntax error of its own" do
    file("script.rb", "def (")
    bare = plain_ruby("script.rb")
    profiled = ruby_prof("script.rb")
    expect([profiled.stdout, profiled.stderr, profiled.status.exitstatus]).to eq [bare.stdout, bare.stderr, 1]
  end

  %w[INT TERM HUP].each do |signal|
    it "writes the report and dies of SIG#{signal}" do
      file("script.rb", "def work = 1.to_s\nat_exit { puts :handler }\nwork\nputs :ready\n$stdout.flush\nsleep")
      bare = interrupt(signal, RbConfig.ruby, "script.rb")
      profiled = interrupt(signal, RbConfig.ruby, "-I", Command::LIBRARY, Command::EXE, "-f", "report.txt", "script.rb")
      expect(profiled.status.termsig).to eq Signal.list.fetch(signal)
      # It may come while stdout is flushed.
      messages = [profiled, bare].map { |ended| ended.stderr.gsub(/:[56]:in .\S+/, "") }
      expect([profiled.stdout, messages.first]).to eq [bare.stdout, messages.last]
      expect(calls(read("report.txt"), "Object#work")).to eq 1
    end
  end

  it "leaves a signal that the script handles to it" do
    file("script.rb", "trap(:TERM) { exit 6 }\nputs :ready\n$stdout.flush\nsleep")
    ended = interrupt(:TERM, RbConfig.ruby, "-I", Command::LIBRARY, Command::EXE, "-f", "report.txt", "script.rb")
    expect(ended.status.exitstatus).to eq 6
    expect(calls(read("report.txt"), "Kernel#exit")).to eq 1
  end

  it "comes from stdin" do
    ended = ruby_prof("-f", "report.txt", "-", "a", "-b", input: "def work = p($0, ARGV)\nwork")
    expect([ended.stdout, ended.stderr]).to eq [%("-"\n["a", "-b"]\n), ""]
    expect(calls(read("report.txt"), "Object#work")).to eq 1
  end

  it "comes from the command line" do
    ended = ruby_prof("-f", "report.txt", "-e", "def work = p($0, ARGV)", "-e", "work", "a", "-b")
    expect([ended.stdout, ended.stderr]).to eq [%("-e"\n["a", "-b"]\n), ""]
    expect(calls(read("report.txt"), "Object#work")).to eq 1
  end

  it "may use RubyProf itself" do
    report = same(<<~'RUBY')
      require "ruby-prof"
      RubyProf.start
      1.to_s
      p RubyProf.stop.threads.first.methods.map(&:full_name).include?("Integer#to_s"), RubyProf.running?
    RUBY
    expect(calls(report, "Integer#to_s")).to eq 1
  end

  it "gets the load path, warnings and options of the Ruby that runs the command" do
    file("extra/extra_library.rb", "EXTRA = 1")
    file("script.rb", "require 'extra_library'; p EXTRA, $VERBOSE, defined?(Set) && Set.new([1]).size")
    command = [RbConfig.ruby, "-W0", "-I", "extra", "-I", Command::LIBRARY, Command::EXE, "-f", "r.txt", "--ruby=-rset", "script.rb"]
    stdout, = Open3.capture2(Subprocess::CLEAN, *command, chdir: directory)
    expect(stdout).to eq "1\nnil\n1\n"
  end
end
