# frozen_string_literal: true

require "command"
require "net/http"
require "socket"

# The middleware where it is used: under a real server, over HTTP.
RSpec.describe Rack::RubyProf, "under Puma", stress: false do
  include Command

  # The Ruby of the specs, without Bundler, has it or not: RubyGems tells.
  def self.missing
    code = 'gem "puma"; gem "rack"; print Gem.loaded_specs.key?("puma")'
    output, = Open3.capture2e(Subprocess::CLEAN, RbConfig.ruby, "-e", code)
    output == "true" ? nil : "Puma or Rack is not installed (apt-get install puma ruby-rack): #{output.lines.first}"
  end

  before(:context) { (reason = self.class.missing) && skip(reason) }

  CONFIG = <<~'RUBY'
    require "ruby-prof"
    module Pages
      def self.work(count) = count.times { tick }
      def self.tick = nil
    end
    # A body that is computed while it is sent.
    class Stream
      def each = 3.times { |n| yield "part #{n}\n" }
      def close = $stdout.puts("closed")
    end
    $stdout.sync = true
    use Rack::RubyProf, enabled: true, path: "reports", printers: { RubyProf::FlatPrinter => "flat.txt", RubyProf::GraphHtmlPrinter => "graph.html" },
                        request_thread_only: true, min_percent: 0, **OPTIONS
    run lambda { |env|
      name, count = env["PATH_INFO"].split("/").drop(1)
      raise "in the application" if name == "raise"
      Pages.work(count.to_i)
      [200, { "content-type" => "text/plain" }, name == "stream" ? Stream.new : ["#{name} #{count}"]]
    }
  RUBY

  # Runs the server, yields its port, ends it; gives its output.
  def serve(options = "{}")
    file("config.ru", "OPTIONS = #{options}\n#{CONFIG}")
    port = TCPServer.open("127.0.0.1", 0) { |server| server.addr[1] }
    output = File.join(directory, "puma.log")
    command = [RbConfig.ruby, "-I", Command::LIBRARY, "-S", "puma", "--threads", "5:5", "--environment", "production",
               "--bind", "tcp://127.0.0.1:#{port}", "config.ru"]
    pid = spawn(Subprocess::CLEAN, *command, chdir: directory, out: output, err: output)
    wait_for(port, pid, output)
    yield port
    Process.kill(:TERM, pid)
    Process.wait(pid)
    pid = nil
    File.read(output)
  ensure
    Process.kill(:KILL, pid) && Process.wait(pid) if pid
  end

  def wait_for(port, pid, output)
    600.times do
      return TCPSocket.new("127.0.0.1", port).close
    rescue Errno::ECONNREFUSED
      raise "Puma did not start:\n#{File.read(output)}" if Process.wait(pid, Process::WNOHANG)

      sleep 0.05
    end
    raise "Puma does not listen:\n#{File.read(output)}"
  end

  def get(port, path)
    Net::HTTP.start("127.0.0.1", port) { |http| http.get(path) }
  end

  it "profiles requests at the same time, each for itself" do
    answers = nil
    serve do |port|
      answers = Array.new(5) { |n| Thread.new { Array.new(6) { |m| get(port, "/page#{n}/#{10 + m}").body } } }.map(&:value)
    end
    expect(answers).to eq(Array.new(5) { |n| Array.new(6) { |m| "page#{n} #{10 + m}" } })
    expect(files("reports/**/*").length).to eq 60
    30.times do |index|
      n, m = index.divmod(6)
      expect(calls(read("reports/page#{n}-#{10 + m}-flat.txt"), "<Module::Pages>#tick")).to eq 10 + m
    end
    expect(read("reports/page0-10-graph.html")).to include "Pages"
  end

  it "writes whole files when requests at the same time have one path" do
    serve { |port| Array.new(5) { Thread.new { 6.times { get(port, "/same/7") } } }.each(&:join) }
    expect(files("reports/**/*")).to eq %w[reports/same-7-flat.txt reports/same-7-graph.html]
    report = read("reports/same-7-flat.txt")
    expect(report.scan("Measure Mode").length).to eq 1
    expect(calls(report, "<Module::Pages>#tick")).to eq 7
    expect(Dir.children(File.join(directory, "reports")).length).to eq 2
  end

  it "gives exceptions to the server, streams to the client and bad paths no chance" do
    statuses = streamed = nil
    log = serve do |port|
      statuses = ["/raise/1", "/..%2f..%2fetc/1", "/%00/1", "/#{"x" * 2000}/1"].map { |path| get(port, path).code }
      streamed = get(port, "/stream/2").body
    end
    expect(statuses).to eq %w[500 200 200 200]
    expect(streamed).to eq "part 0\npart 1\npart 2\n"
    expect(log).to include("in the application").and include("closed")
    expect(files("reports/**/*-flat.txt").length).to eq 5
    expect(Dir.children(directory).sort).to eq %w[config.ru puma.log reports]
  end

  it "is off for strangers where a secret is wanted" do
    serve('{ enabled: { header: "X-Ruby-Prof", value: "s3cret" } }') do |port|
      get(port, "/stranger/1")
      Net::HTTP.start("127.0.0.1", port) { |http| http.get("/friend/1", { "X-Ruby-Prof" => "s3cret" }) }
    end
    expect(files("reports/**/*.txt")).to eq ["reports/friend-1-flat.txt"]
  end
end
