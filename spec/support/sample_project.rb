# frozen_string_literal: true

require "project"

# A project whose tests are run by real rspec and ruby, for what came of each of them.
class SampleProject < Project
  # What came of one run: by the description of each example (or the name of each test) :passed or the message.
  Run = Struct.new(:outcomes, :stdout, :stderr, :status) do
    def [](name)
      outcomes.fetch(name)
    end
  end

  def self.open(files)
    Dir.mktmpdir("ruby-prof-project") do |directory|
      yield new(directory, files)
    end
  end

  def files(pattern)
    Dir.glob(pattern, base: directory).sort
  end

  # @return [Run]
  def rspec(*arguments, env: {})
    out, err, status = execute(env, "-S", "rspec", "--format", "progress", "--format", "json", "--out", "rspec.json", *arguments)
    raise "no example ran:\n#{out}#{err}" if out.match?(/^0 examples/)

    examples = File.exist?(path("rspec.json")) ? JSON.parse(read("rspec.json")).fetch("examples") : []
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
    result = capture({ "LC_ALL" => "C.UTF-8", "SPEC_OPTS" => nil, "CI" => nil }.merge(env),
                     RbConfig.ruby, "-w", "-I", File.join(GEM_ROOT, "lib"), "-I", directory, *arguments)
    [result.stdout, result.stderr, result.status]
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
