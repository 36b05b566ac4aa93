# frozen_string_literal: true

require "fileutils"
require "tmpdir"
require "subprocess"

# Programs under the command ruby-prof or `ruby -rruby-prof/auto`, in an empty directory and in processes of
# their own.
module Command
  include Subprocess

  EXE = File.join(GEM_ROOT, "exe", "ruby-prof")
  LIBRARY = File.join(GEM_ROOT, "lib")
  # Nobody's settings but the example's.
  NO_SETTINGS = ENV.keys.grep(/\ARUBY_PROF_/).to_h { |name| [name, nil] }

  def self.included(group)
    group.around do |example|
      Dir.mktmpdir("ruby-prof-spec-") do |directory|
        # Ruby tells where it is by the real path.
        @directory = File.realpath(directory)
        example.run
      end
    end
  end

  attr_reader :directory

  # Writes a file into the example's directory.
  def file(name, content)
    path = File.join(directory, name)
    FileUtils.mkdir_p(File.dirname(path))
    File.write(path, content)
    path
  end

  def read(name)
    File.read(File.join(directory, name), encoding: "UTF-8")
  end

  def files(pattern = "**/*")
    Dir.glob(pattern, base: directory).select { |name| File.file?(File.join(directory, name)) }.sort
  end

  # `ruby-prof WORDS`.
  def ruby_prof(*words, env: {}, input: "")
    start([RbConfig.ruby, "-w", "-I", LIBRARY, EXE, *words], env, input)
  end

  # `ruby WORDS`, with the library on the load path.
  def plain_ruby(*words, env: {}, input: "")
    start([RbConfig.ruby, "-w", "-I", LIBRARY, *words], env, input)
  end

  # `ruby -rruby-prof/auto WORDS`.
  def auto(*words, env: {}, input: "")
    plain_ruby("-rruby-prof/auto", *words, env: env, input: input)
  end

  # Starts a program, waits until it says "ready" and sends it a signal.
  def interrupt(signal, *command)
    from, to = IO.pipe
    # A signal that is ignored here, as under nohup, would be ignored there.
    ours = trap(signal, "DEFAULT")
    pid = spawn(environment({}), *command, chdir: directory, out: to, err: File.join(directory, "stderr"))
    trap(signal, ours || "DEFAULT")
    to.close
    from.gets
    Process.kill(signal, pid)
    rest = from.read
    Process.wait(pid)
    Subprocess::Result.new(rest, read("stderr"), $?)
  ensure
    from&.close
  end

  # How often a flat report says that a method was called; nil if it is not in there.
  def calls(report, method)
    report[/^.*\s(\d+)\s+\*?#{Regexp.escape(method)}(?:\s|$)/, 1]&.to_i
  end

  # The rows of a flat report on one thread.
  def rows(report)
    report.lines.drop_while { |line| !line.start_with?(" %self") }.drop(1).take_while { |line| line.strip != "" }
  end

  private

  def environment(extra)
    Subprocess::CLEAN.merge(NO_SETTINGS).merge(extra)
  end

  def start(command, env, input)
    stdout, stderr, status = Open3.capture3(environment(env), *command, stdin_data: input, chdir: directory)
    Subprocess::Result.new(stdout.force_encoding(Encoding::UTF_8), stderr.force_encoding(Encoding::UTF_8), status)
  end
end
