# frozen_string_literal: true

require "pathname"
require "stringio"
require "tmpdir"

RSpec.describe Rack::RubyProf, stress: false do
  around { |example| Dir.mktmpdir("ruby-prof-rack-") { |path| @path = path and example.run } }

  attr_reader :path

  # What requests do.
  module Pages
    def self.work(count) = count.times { tick }
    def self.tick = nil
  end

  let(:response) { [200, { "content-type" => "text/plain" }, ["body"]] }
  let(:app) { ->(_env) { Pages.work(3) && response } }
  let(:errors) { StringIO.new }

  def env(request_path = "/users/1", **more)
    { "REQUEST_METHOD" => "GET", "SCRIPT_NAME" => "", "PATH_INFO" => request_path, "QUERY_STRING" => "", "rack.errors" => errors }
      .merge(more.transform_keys(&:to_s))
  end

  def middleware(app = self.app, **options)
    described_class.new(app, **{ path: path, printers: { RubyProf::FlatPrinter => "flat.txt" }, min_percent: 0 }, **options)
  end

  def files
    Dir.glob("**/*", File::FNM_DOTMATCH, base: path).select { |name| File.file?(File.join(path, name)) }.sort
  end

  def ticks(name = files.first)
    File.read(File.join(path, name), encoding: "UTF-8")[/(\d+)\s+<Module::Pages>#tick/, 1]&.to_i
  end

  it "gives the application's response, and writes a report named after the path" do
    expect(middleware.call(env)).to equal response
    expect(files).to eq ["users-1-flat.txt"]
    expect(ticks).to eq 3
    expect(errors.string).to eq ""
  end

  it "is there without Rack, as a constant that costs nothing until it is used" do
    script = "require 'ruby-prof'; p defined?(Rack::RubyProf), $LOADED_FEATURES.grep(/rack/), Rack::RubyProf.instance_method(:call).arity"
    expect(ruby(script).stdout).to eq %("constant"\n[]\n1\n)
  end

  it "takes the options of both generations" do
    printers = { RubyProf::FlatPrinter => "flat.txt", RubyProf::GraphHtmlPrinter => -> { "page.html" } }
    [
      described_class.new(app, { path: path, printers: printers, merge_fibers: false, "min_percent" => 0 }),
      described_class.new(app, path: Pathname(path), printers: printers, skip_paths: nil, only_paths: nil, measure_mode: RubyProf::WALL_TIME,
                               track_allocations: false, ignore_existing_threads: true, request_thread_only: false, min_percent: 0,
                               sort_method: :self_time)
    ].each do |made|
      made.call(env)
      expect(files).to eq %w[users-1-flat.txt users-1-page.html]
      expect(ticks("users-1-flat.txt")).to eq 3
      FileUtils.rm(Dir["#{path}/*"])
    end
  end

  it "makes the directory" do
    described_class.new(app, path: "#{path}/a/b", printers: { RubyProf::FlatPrinter => "flat.txt" }).call(env)
    expect(files).to eq ["a/b/users-1-flat.txt"]
  end

  it "passes options on to profile and printer" do
    made = middleware(measure_mode: RubyProf::ALLOCATIONS, min_percent: 101, sort_method: :self_time)
    made.call(env)
    report = File.read("#{path}/#{files.first}")
    expect(report).to include("Measure Mode: allocations").and include("Sort by: self_time").and include("no method within the limits")
  end

  it "refuses options that it does not know or cannot use, when it is made" do
    {
      { nonsense: 1 } => /no option :nonsense; it has path, printers/,
      { printers: [RubyProf::FlatPrinter] } => /printers: .* give a Hash/,
      { only_paths: "/a" } => /only_paths: .* give an Array/,
      { aggregate: 0 } => /aggregate: 0 cannot be used: give a number of requests/,
      { aggregate_by: :user } => /aggregate_by: :user/,
      { enabled: 3 } => /enabled: 3 cannot be used/,
      { enabled: { header: "X" } } => /value: SECRET/,
      { enabled: { header: "X", value: "" } } => /not empty/,
      { measure_mode: 17 } => /Unknown measure mode: 17/
    }.each { |options, message| expect { described_class.new(app, printers: {}, **options) }.to raise_error(ArgumentError, message) }
    expect { described_class.new(app, 7) }.to raise_error(TypeError, /keywords or a Hash/)
    expect { described_class.new(app, { nonsense: 1 }) }.to raise_error(ArgumentError, /:nonsense/)
  end

  it "leaves assets alone, and what it is told to" do
    made = middleware
    %w[/assets/app.wasm /style.css /a/b.js /i.png /i.jpeg /i.jpg /i.gif].each { |name| expect(made.call(env(name))).to equal response }
    expect(files).to be_empty
    made = middleware(skip_paths: [%r{\A/health}, "/admin"], only_paths: [%r{/a}])
    %w[/health/a /admin/a /other /x/a /style/a.css].each { |name| made.call(env(name)) }
    expect(files).to eq %w[style-a.css-flat.txt x-a-flat.txt]
  end

  it "looks at the whole path, mount point included" do
    middleware(only_paths: [%r{\A/mounted/here\z}]).call(env("/here", SCRIPT_NAME: "/mounted"))
    expect(files).to eq ["mounted-here-flat.txt"]
  end

  describe "enabled:" do
    it "is needed in production" do
      before = ENV.values_at("RACK_ENV", "RAILS_ENV")
      ENV["RACK_ENV"] = nil
      ENV["RAILS_ENV"] = "production"
      made = nil
      expect { made = middleware }.to output(/profiles nothing, since RAILS_ENV is production/).to_stderr
      expect(made.call(env)).to equal response
      expect(files).to be_empty
      expect { middleware(enabled: true).call(env) }.not_to output.to_stderr
      expect(files).not_to be_empty
    ensure
      ENV["RACK_ENV"], ENV["RAILS_ENV"] = before
    end

    it "is everything elsewhere, as in ruby-prof" do
      middleware.call(env)
      expect(files.length).to eq 1
    end

    it "is nothing when false" do
      expect(middleware(enabled: false).call(env)).to equal response
      expect(files).to be_empty
    end

    it "is asked with the env" do
      made = middleware(enabled: ->(env) { env["HTTP_X_USER"] == "admin" })
      made.call(env("/no"))
      made.call(env("/yes", HTTP_X_USER: "admin"))
      expect(files).to eq ["yes-flat.txt"]
    end

    it "is a secret in a header or the query" do
      made = middleware(enabled: { header: "X-Ruby-Prof", value: "s3cret" })
      [{}, { HTTP_X_RUBY_PROF: "" }, { HTTP_X_RUBY_PROF: "s3creT" }, { HTTP_X_RUBY_PROF: "s3cret2" }].each { |more| made.call(env("/no", **more)) }
      made.call(env("/header", HTTP_X_RUBY_PROF: "s3cret"))
      made = middleware(enabled: { param: "prof", value: "a b&c" })
      ["", "prof", "prof=", "other=a+b%26c", "prof=a", "%%%", "prof=%ff"].each { |query| made.call(env("/no", QUERY_STRING: query)) }
      made.call(env("/query", QUERY_STRING: "x=1&prof=a+b%26c&y=2"))
      expect(files).to eq %w[header-flat.txt query-flat.txt]
    end
  end

  it "lets the application's exceptions and jumps through, and reports on them" do
    expect { middleware(->(_env) { Pages.work(2) && raise(IOError, "mine") }).call(env("/raise")) }.to raise_error(IOError, "mine")
    expect(catch(:out) { middleware(->(_env) { throw :out, :caught }).call(env("/throw")) }).to be :caught
    expect { middleware(->(_env) { exit 3 }).call(env("/exit")) }.to raise_error(SystemExit)
    expect(files).to eq %w[exit-flat.txt raise-flat.txt throw-flat.txt]
    expect(ticks("raise-flat.txt")).to eq 2
  end

  it "does not touch a body that streams" do
    body = Class.new do
      attr_reader :closed

      def each
        yield "part"
      end

      def close
        @closed = true
      end
    end.new
    answer = middleware(->(_env) { [200, {}, body] }).call(env)
    expect(answer[2]).to equal body
    expect(body.closed).to be_nil
  end

  it "gives the response though the report fails, and says so in rack.errors" do
    broken = Class.new(RubyProf::FlatPrinter) { def print(*, **) = raise(Errno::ENOSPC, "report") }
    made = described_class.new(app, path: path, printers: { broken => "broken.txt", RubyProf::FlatPrinter => "flat.txt" })
    expect(made.call(env)).to equal response
    expect(files).to eq ["users-1-flat.txt"]
    expect(errors.string).to match(/\ARack::RubyProf: .* could not write its report on users-1: No space left/)
    file = "#{path}/file"
    File.write(file, "")
    expect(described_class.new(app, path: file, printers: { RubyProf::FlatPrinter => "flat.txt" }).call(env)).to equal response
    expect(errors.string.lines.last).to include "(Errno::"
  end

  it "writes nothing outside its directory, whatever the path" do
    inside = File.join(path, "inside")
    made = described_class.new(app, path: inside, printers: { RubyProf::FlatPrinter => "flat.txt" })
    paths = ["/../../etc/passwd", "//../x", "/..", "/.", "/", "", "..", "/a\0b", "/a\nb", "/\xFF\xFE".b, "/a\\..\\b", "/\u00e9", "/e\u0301",
             "/#{"x" * 5000}", "/#{"x" * 5000}y", "/.hidden", "/a:b|c>d", "/-rf"]
    paths.each { |name| expect(made.call(env(name))).to equal response }
    expect(errors.string).to eq ""
    expect(Dir.children(path)).to eq ["inside"]
    names = Dir.children(inside)
    # "/" and "" have the same name, as in ruby-prof; all others differ.
    expect(names.length).to eq paths.length - 1
    expect(names).to all match(/\A[A-Za-z0-9_~%+=@,-][A-Za-z0-9_.~%+=@,-]{0,200}\z/)
  end

  it "replaces files whole, and follows no link that lies in its way" do
    target = "#{path}/target"
    File.write(target, "precious")
    inside = "#{path}/inside"
    Dir.mkdir(inside)
    File.symlink(target, "#{inside}/users-1-flat.txt")
    described_class.new(app, path: inside, printers: { RubyProf::FlatPrinter => "flat.txt" }).call(env)
    expect(File.read(target)).to eq "precious"
    expect(File.symlink?("#{inside}/users-1-flat.txt")).to be false
    expect(Dir.children(inside)).to eq ["users-1-flat.txt"]
  end

  it "moves the files of printers that name their own into its directory" do
    several = Class.new(RubyProf::AbstractPrinter) do
      def self.needs_dir? = true

      def print(path:, profile:, **)
        File.write("#{path}/#{profile}.flat.txt", "flat")
        File.write("#{path}/callgrind.out.42", "callgrind")
      end
    end
    Dir.chdir(FileUtils.mkdir_p("#{path}/elsewhere").first) do
      described_class.new(app, path: "#{path}/here", printers: { several => "many" }).call(env)
    end
    expect(files).to eq %w[here/callgrind.out.42.users-1 here/users-1.flat.txt]
  end

  it "makes one of fibers with merge_fibers" do
    fibers = ->(_env) { 3.times { Fiber.new { Pages.work(2) }.resume } && response }
    [false, true].map do |merge|
      middleware(fibers, request_thread_only: true, merge_fibers: merge).call(env)
      # The sections on single fibers come after the one on all of them.
      expect(File.read("#{path}/#{files.first}").scan(/(\d+)\s+<Module::Pages>#tick/).flatten.last).to eq(merge ? "6" : "2")
    end
  end

  describe "other threads" do
    # A thread that works while the request does.
    def beside
      queue = Queue.new
      other = Thread.new { loop { queue.pop.push(Pages.work(5)) } }
      app = lambda do |_env|
        done = Queue.new
        queue.push(done)
        done.pop
        Thread.new { Pages.work(2) }.join
        response
      end
      yield app
    ensure
      other.kill.join
    end

    def all_ticks
      File.read("#{path}/#{files.first}").scan(/(\d+)\s+<Module::Pages>#tick/).flatten.map(&:to_i)
    end

    it "are in the report by default, as in ruby-prof" do
      beside { |app| middleware(app, min_percent: 0).call(env) }
      expect(all_ticks).to include(5, 2)
    end

    it "are not with request_thread_only" do
      beside { |app| middleware(app, min_percent: 0, request_thread_only: true).call(env) }
      expect(all_ticks).to be_empty
    end

    it "are only if they are new with ignore_existing_threads" do
      beside { |app| middleware(app, min_percent: 0, ignore_existing_threads: true).call(env) }
      expect(all_ticks).to include(2)
      expect(all_ticks).not_to include(5)
    end
  end

  it "profiles requests that run at the same time, each for itself" do
    gate = Queue.new
    made = middleware(lambda { |env|
      gate.pop if env["PATH_INFO"] == "/slow"
      Pages.work(env["PATH_INFO"] == "/slow" ? 4 : 1)
      response
    }, request_thread_only: true, min_percent: 0)
    slow = Thread.new { made.call(env("/slow")) }
    Thread.pass until gate.num_waiting == 1
    made.call(env("/quick"))
    gate.push(nil)
    slow.join
    expect(%w[slow-flat.txt quick-flat.txt].map { |name| ticks(name) }).to eq [4, 1]
  end

  it "answers the request whatever its patterns do" do
    [/\xE9/n, /\u00e9/, "\xE9".b, "\u00e9".encode("UTF-16LE"), "\xFF"].each do |pattern|
      ["/ok", "/\xC3\xA9", "/\xE9".b, "/\xFF"].each do |request_path|
        %i[skip_paths only_paths].each do |option|
          expect(middleware(option => [pattern]).call(env(request_path))).to equal response
        end
      end
    end
    expect(errors.string).to eq ""
  end

  it "finds bytes in a path" do
    made = middleware(only_paths: [/\xE9/n])
    made.call(env("/ok"))
    expect(files).to eq []
    made.call(env("/caf\xE9".b))
    expect(files.length).to eq 1
  end

  it "names a pattern or a permission that fails, once" do
    slow = Regexp.new("slow")
    def slow.match?(_) = raise("too slow")
    made = middleware(skip_paths: [slow])
    2.times { expect(made.call(env)).to equal response }
    expect([files, errors.string]).to eq [["users-1-flat.txt"], "Rack::RubyProf: /slow/ cannot be compared with paths and matches none: too slow (RuntimeError)\n"]
    errors.truncate(0)
    errors.rewind
    made = middleware(enabled: ->(_env) { raise "no database" })
    2.times { expect(made.call(env)).to equal response }
    expect(errors.string).to eq "Rack::RubyProf: enabled: failed, and the request is not profiled: no database (RuntimeError)\n"
  end

  it "checks the printers and their options when it is made" do
    {
      { min_percent: -1 } => /min_percent: -1 cannot be used/, { min_percent: "1" } => /min_percent: "1"/,
      { sort_method: :name } => /sort_method: :name cannot be used: give :total_time/,
      { printers: { RubyProf => "x" } } => /printers: .*RubyProf::FlatPrinter/, { printers: { Object => "x" } } => /printers: /,
      { printers: { flat: "x" } } => /printers: /, { printers: { RubyProf::FlatPrinter => 3 } } => /printers: /
    }.each do |options, message|
      expect { middleware(**options) }.to raise_error(ArgumentError, message) { |error| expect(error.message).to start_with "Rack::RubyProf: " }
    end
  end

  it "answers the request if no profile can be made" do
    made = middleware
    allow(RubyProf::Profile).to receive(:new).and_raise(Errno::ENOENT, "getcwd")
    expect(made.call(env)).to equal response
    expect(errors.string).to match(/\ARack::RubyProf: the request is not profiled: No such file or directory - getcwd \(Errno::ENOENT\)\n\z/)
  end
end
