# frozen_string_literal: true

require "fileutils"
require "json"
require "tmpdir"
require "subprocess"

# A small project in a directory of its own, and its tests run by real rspec and ruby.
class SampleProject
  # What came of one run: by the description of each example (or the name of each test) :passed or the message.
  Run = Struct.new(:outcomes, :stdout, :stderr, :status) do
    def [](name)
      outcomes.fetch(name)
    end
  end

  def self.open(files)
    Dir.mktmpdir("ruby-prof-project") do |directory|
      project = new(File.realpath(directory))
      files.each { |path, text| project.write(path, text) }
      yield project
    end
  end

  attr_reader :directory

  def initialize(directory)
    @directory = directory
  end

  def write(path, text)
    path = File.join(@directory, path)
    FileUtils.mkdir_p(File.dirname(path))
    File.write(path, text)
  end

  def read(path)
    File.read(File.join(@directory, path), encoding: "UTF-8")
  end

  def files(pattern)
    Dir.glob(pattern, base: @directory).sort
  end

  # @return [Run]
  def rspec(*arguments, env: {})
    out, err, status = execute(env, "-S", "rspec", "--format", "progress", "--format", "json", "--out", "rspec.json", *arguments)
    raise "no example ran:\n#{out}#{err}" if out.match?(/^0 examples/)

    examples = File.exist?(File.join(@directory, "rspec.json")) ? JSON.parse(read("rspec.json")).fetch("examples") : []
    outcomes = examples.to_h { |each| [each["description"], each["status"] == "passed" ? :passed : "#{each.dig("exception", "class")}: #{each.dig("exception", "message").to_s.strip}"] }
    Run.new(outcomes, out, err, status)
  end

  # @return [Run]
  def minitest(path, *arguments, env: {})
    out, err, status = execute(env, "-Itest", path, "--verbose", *arguments)
    Run.new(minitest_outcomes(out), out, err, status)
  end

  # Runs Ruby in the project's directory.
  def execute(env, *arguments)
    lib = File.join(GEM_ROOT, "lib")
    out, err, status = Open3.capture3(Subprocess::CLEAN.merge("LC_ALL" => "C.UTF-8", "SPEC_OPTS" => nil, "CI" => nil).merge(env),
                                      RbConfig.ruby, "-w", "-I", lib, "-I", @directory, *arguments, chdir: @directory)
    [out, err].each { |text| text.force_encoding(Encoding::UTF_8) }
    [out, err, status]
  end

  private

  def minitest_outcomes(out)
    passed = out.scan(/^\S*#(test_\S+) = [\d.]+ s = \.$/).flatten.to_h { |name| [name, :passed] }
    parts = out.split(/^ +\d+\) (?=Failure:|Error:)/).drop(1)
    failed = parts.to_h do |part|
      lines = part.sub(/^\d+ runs, .*\z/m, "").strip.lines
      name = lines[1][/#(test_\S+?)[\s:]/, 1]
      [name, lines.drop(2).join.strip]
    end
    passed.merge(failed)
  end
end
