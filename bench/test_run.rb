# frozen_string_literal: true

# What RUBY_PROF=1 costs a suite of RSpec examples: seconds, and memory at its peak.
#
#   ruby bench/test_run.rb [--examples 3000] [--calls 2000] [--ruby PATH] [--limit MEGABYTES]
#
# Makes a suite, runs it bare and profiled, and compares. With --limit it fails if the profiled run takes more memory than
# that above the bare one's.

require "optparse"
require "rbconfig"
require "tmpdir"

options = { examples: 3000, calls: 2000, ruby: RbConfig.ruby, limit: nil }
OptionParser.new do |parser|
  parser.on("--examples N", Integer) { |number| options[:examples] = number }
  parser.on("--calls N", Integer) { |number| options[:calls] = number }
  parser.on("--ruby PATH") { |path| options[:ruby] = path }
  parser.on("--limit MEGABYTES", Integer) { |number| options[:limit] = number }
end.parse!

CLASSES = 100
METHODS = 40
GROUP = 25

# Classes whose methods call each other: each example walks 40 of 4,000 methods along paths of its own.
def program
  code = +""
  CLASSES.times do |klass|
    code << "class Part#{klass}\n"
    METHODS.times do |name|
      callee = "Part#{(klass + name + 1) % CLASSES}.new.step#{(name + 1) % METHODS}(left - 1)"
      code << "  def step#{name}(left) = left.zero? ? 0 : #{callee} + 1\n"
    end
    code << "end\n"
  end
  code
end

def spec(number, calls)
  examples = GROUP.times.map do |index|
    klass = (number * 7 + index) % CLASSES
    # A step is a call, one of new, initialize, zero?, - and +.
    "  it('counts #{index}') { #{[calls / 240, 1].max}.times { expect(Part#{klass}.new.step#{index % METHODS}(40)).to eq 40 } }\n"
  end
  "require 'parts'\nrequire 'ruby-prof/rspec' if ENV['RUBY_PROF']\nRSpec.describe 'Group #{number}' do\n#{examples.join}end\n"
end

def run(ruby, directory, environment)
  measure = File.join(directory, "measure.rb")
  File.write(measure, <<~RUBY)
    at_exit { File.write(ENV.fetch("PEAK"), File.read("/proc/self/status")[/VmHWM:\\s+(\\d+)/, 1]) }
  RUBY
  peak = File.join(directory, "peak")
  lib = File.expand_path("../lib", __dir__)
  began = Process.clock_gettime(Process::CLOCK_MONOTONIC)
  before = Process.times
  command = [ruby, "-r#{measure}", "-I#{lib}", "-I#{directory}", "-S", "rspec", "spec"]
  system({ "PEAK" => peak, **environment }, *command, chdir: directory, out: File.join(directory, "log"), err: %i[child out]) ||
    abort(File.read(File.join(directory, "log")))
  after = Process.times
  processor = after.cutime + after.cstime - before.cutime - before.cstime
  [Process.clock_gettime(Process::CLOCK_MONOTONIC) - began, processor, File.read(peak).to_i / 1024.0]
end

Dir.mktmpdir("ruby-prof-bench-") do |directory|
  Dir.mkdir(File.join(directory, "spec"))
  File.write(File.join(directory, "parts.rb"), program)
  (options[:examples] / GROUP).times { |number| File.write(File.join(directory, "spec/group#{number}_spec.rb"), spec(number, options[:calls])) }

  bare_seconds, bare_processor, bare_peak = run(options[:ruby], directory, { "RUBY_PROF" => nil })
  seconds, processor, peak = run(options[:ruby], directory, { "RUBY_PROF" => "1" })
  reports = Dir[File.join(directory, "tmp/ruby-prof/**/*")].select { |path| File.file?(path) }
  puts "#{options[:examples]} examples of about #{options[:calls]} calls"
  line = "  %-12s %6.1f s, %6.1f s of the processor, %6.1f MB at the peak"
  puts format(line, "bare", bare_seconds, bare_processor, bare_peak)
  puts format(line, "RUBY_PROF=1", seconds, processor, peak)
  puts format(line, "more", seconds - bare_seconds, processor - bare_processor, peak - bare_peak)
  puts format("  %.2f ms of the processor an example", (processor - bare_processor) * 1000 / options[:examples])
  puts format("  %d files of %.1f MB in all", reports.length, reports.sum { |path| File.size(path) } / 1e6)
  abort "more than #{options[:limit]} MB" if options[:limit] && peak - bare_peak > options[:limit]
end
