# frozen_string_literal: true

require "command"

RSpec.describe "processes that a profiled program forks", stress: false do
  include Command

  PROGRAM = <<~'RUBY'
    def tick = 1
    def work(count) = count.times { tick }
    work 100
    note = ->(name) { File.write("pid.#{name}", Process.pid) }
    note["main"]
    case ARGV.shift
    when "block"
      fork { note["child"]; work 5 }
    when "kernel"
      Process.fork or (note["child"]; work(5); exit(3))
    when "popen"
      pipe = IO.popen("-") or (note["child"]; work(5); exit)
      pipe.read
    when "nested"
      fork { note["child"]; work 5; fork { note["grandchild"]; work 7 }; Process.wait }
    when "many"
      8.times { |n| fork { note["child#{n}"]; work 5 } }
      Process.waitall
    when "raises"
      fork { note["child"]; $stderr.reopen(File::NULL); work 5; raise "in the child" }
    when "execs"
      fork { note["child"]; work 5; exec "true" }
    when "gone"
      fork { note["child"]; work 5; exit! }
    end
    Process.waitall
    work 1
  RUBY

  def run(how, **settings)
    file("program.rb", PROGRAM)
    @ended = auto("program.rb", how, env: { "RUBY_PROF_FILE" => "r.txt" }.merge(settings.to_h { |name, value| ["RUBY_PROF_#{name.upcase}", value] }))
    expect(@ended.stdout).to eq ""
  end

  def pid(name)
    read("pid.#{name}")
  end

  # Each report's calls of Object#tick.
  def counts
    files("r.*").to_h { |name| [name, calls(read(name), "Object#tick")] }
  end

  %w[block kernel popen raises].each do |how|
    it "write reports of their own, on what they did themselves (#{how})" do
      run(how)
      expect(counts).to eq("r.txt" => 101, "r.#{pid("child")}.txt" => 5)
      expect(@ended.stderr).to eq ""
    end
  end

  it "show no call of ours" do
    run("block")
    files("r.*").each { |name| expect(read(name)).not_to match(/Hook|Auto|Recording|zero\?/) }
  end

  it "may fork themselves" do
    run("nested")
    expect(counts).to eq("r.txt" => 101, "r.#{pid("child")}.txt" => 5, "r.#{pid("grandchild")}.txt" => 7)
  end

  it "may be many at once" do
    run("many")
    expect(counts.values.sort).to eq [5] * 8 + [101]
  end

  it "are named by %p" do
    run("block", file: "r.%p.txt")
    expect(counts).to eq("r.#{pid("main")}.txt" => 101, "r.#{pid("child")}.txt" => 5)
  end

  it "are left alone on request" do
    run("nested", on_fork: "off")
    expect(counts).to eq("r.txt" => 101)
  end

  it "leave the first one's report alone when they vanish" do
    %w[execs gone].each do |how|
      run(how)
      expect(counts).to eq("r.txt" => 101)
    end
  end

  it "say where their report is when the first one's goes to stdout" do
    file("program.rb", PROGRAM)
    ended = auto("program.rb", "block")
    expect(ended.stdout.scan("Measure Mode").length).to eq 1
    expect(calls(ended.stdout, "Object#tick")).to eq 101
    name = "ruby-prof.#{pid("child")}.txt"
    expect(calls(read(name), "Object#tick")).to eq 5
    expect(ended.stderr).to eq "ruby-prof: the report on process #{pid("child")} is in #{directory}/#{name}\n"
  end

  it "go by the same rules under the command" do
    file("program.rb", PROGRAM)
    ruby_prof("-f", "r.txt", "program.rb", "nested")
    expect(counts.values.sort).to eq [5, 7, 101]
    ruby_prof("-f", "off.txt", "--on-fork=off", "program.rb", "nested")
    expect(files("off*")).to eq ["off.txt"]
  end

  # A daemon is the program itself, under another number: the process that began it ends without at_exit.
  it "are the program itself after Process.daemon" do
    file("daemon.rb", <<~'RUBY')
      def tick = 1
    def work(count) = count.times { tick }
      work 100
      out, = IO.pipe
      Process.daemon(true)
      work 3
      at_exit { File.write("pid", Process.pid) }
    RUBY
    # The daemon keeps the pipe open until it ended: IO.popen waits for that.
    [["RUBY_PROF_FILE" => "r.txt"], [{}]].each do |(env)|
      wait = "r, w = IO.pipe; system(#{env.inspect}, 'ruby', '-rruby-prof/auto', 'daemon.rb', 9 => w); w.close; r.read"
      plain_ruby("-e", wait, env: { "RUBYLIB" => Command::LIBRARY })
    end
    expect(counts).to eq("r.txt" => 103)
    expect(calls(read("ruby-prof.#{read("pid")}.txt"), "Object#tick")).to eq 103
    expect(files("*.txt").length).to eq 2
  end
end
