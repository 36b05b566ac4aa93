# frozen_string_literal: true

require "open3"
require "pathname"
require "stringio"
require "tmpdir"

RSpec.describe RubyProf::CallTreePrinter do
  module CallTreeFixtures
    class Job
      def run
        ManualClock.advance(1_000_000)
        slow
        slow
        again(3)
      end

      def slow
        ManualClock.advance(4_000_000)
      end

      def again(times)
        ManualClock.advance(100)
        again(times - 1) if times.positive?
      end
    end
  end

  around do |example|
    Dir.mktmpdir { |directory| @directory = directory and example.run }
  end

  attr_reader :directory

  let(:recorded) { profile_by_hand { CallTreeFixtures::Job.new.run } }
  let(:base) { "callgrind.out.#{Process.pid}" }

  def print(of = recorded, **options)
    described_class.new(of).print(path: directory, **options)
  end

  it "says that it needs a directory" do
    expect(described_class.needs_dir?).to be true
  end

  it "writes a file for each fiber, the printing one's without a number" do
    result = profile { Fiber.new { 1.to_s }.resume }
    other = result.threads.find { |thread| thread.fiber_id != Fiber.current.object_id }
    expect(print(result)).to contain_exactly "#{directory}/#{base}", "#{directory}/#{base}.#{other.fiber_id}"
    expect(File.read("#{directory}/#{base}")).to include "fiber: #{Fiber.current.object_id}\n", "Fiber::resume"
    expect(File.read("#{directory}/#{base}.#{other.fiber_id}")).to include "fiber: #{other.fiber_id}\n", "Integer::to_s"
  end

  it "has a file without a number if another fiber prints" do
    result = recorded
    written = Fiber.new { print(result) }.resume
    expect(written).to eq ["#{directory}/#{base}"]
  end

  it "has a file without a number if the fiber that prints has none of its own" do
    fiber = Fiber.new do
      Fiber.yield
      print(Fiber.yield, max_threads: 1)
    end
    result = profile { fiber.resume }
    fiber.resume
    written = fiber.resume(result)
    expect(written).to eq ["#{directory}/#{base}", "#{directory}/#{base}.others"]
    expect(File.read(written.last)).to include "fiber: #{fiber.object_id}\n"
    expect(Dir.children(directory).size).to eq 2
  end

  it "puts fibers beyond max_threads into one file" do
    result = profile { 4.times { Fiber.new { 1.to_s }.resume } }
    names = print(result, max_threads: 2).map { |path| File.basename(path) }
    expect(names.size).to eq 3
    expect(names.last).to eq "#{base}.others"
    expect(File.read("#{directory}/#{names.last}")).to include "desc: Threads: 3 that have no file of their own, added up"
    sums = names.sum { |name| File.read("#{directory}/#{name}")[/^summary: (\d+)/, 1].to_i }
    expect(sums).to eq((result.threads.sum(&:total_time) * 1e9).round)
  end

  it "keeps fibers of one id apart, as a profile merged from several processes has them" do
    result = profile { Fiber.new { 1.to_s }.resume }
    allow(result).to receive(:threads).and_return(Array.new(2) { instance_double(RubyProf::Thread, fiber_id: 3) })
    names = print(result).map { |path| File.basename(path) }
    expect(names).to eq [base, "#{base}.3.2"]
    expect(print(result).map { |path| File.read(path)[/^desc: Thread: .*/] }.uniq.size).to eq 2
    expect(Dir.children(directory)).to match_array names
  end

  it "has the header, the times in nanoseconds and the lines of definitions and calls" do
    text = File.read(print.first)
    expect(text).to start_with "# callgrind format\nversion: 1\ncreator: ruby-prof-rs #{RubyProf::VERSION}\npid: #{Process.pid}\n"
    expect(text).to include "cmd: #{$PROGRAM_NAME}\n", "positions: line\n", "events: wall_time\nsummary: 9000400\n", "\ntotals: 9000400\n"
    run = CallTreeFixtures::Job.instance_method(:run).source_location.last
    slow = CallTreeFixtures::Job.instance_method(:slow).source_location.last
    expect(text).to match(/^fn=\(\d+\)\n#{run} 1000000\ncfi=\(\d+\)\ncfn=\(\d+\) CallTreeFixtures\/Job::slow\ncalls=2 #{slow}\n#{run + 2} 8000000\n/)
  end

  it "names the event of each measure mode" do
    { RubyProf::PROCESS_TIME => "process_time", RubyProf::ALLOCATIONS => "allocations", RubyProf::MEMORY => "memory" }.each do |mode, name|
      expect(File.read(print(profile(measure_mode: mode) { "a" + "b" }).first)).to include "events: #{name}\n"
    end
  end

  it "deletes older files of this process and no others" do
    kept = ["callgrind.out.1", "#{base}9", "#{base}.txt", "notes"]
    old = [base, "#{base}.123", "#{base}.others", "#{base}.7.2"]
    (kept + old).each { |name| File.write("#{directory}/#{name}", "old") }
    print
    expect(Dir.children(directory)).to contain_exactly(base, *kept)
    expect(File.read("#{directory}/#{base}")).to start_with "# callgrind"
  end

  it "takes its options as 1.x and 2.x give them" do
    printer = described_class.new(recorded)
    expected = ["#{directory}/#{base}"]
    expect(printer.print(path: directory, profile: "name")).to eq expected
    expect(printer.print({ path: directory, profile: "name" })).to eq expected
    expect(printer.print({ "path" => Pathname(directory) })).to eq expected
    expect(printer.print(path: directory, min_percent: 50)).to eq expected
    Dir.chdir(directory) { expect(printer.print).to eq [base] }
  end

  it "refuses an output and says what to do" do
    printer = described_class.new(recorded)
    [$stdout, StringIO.new, +"", []].each do |output|
      expect { printer.print(output) }.to raise_error(ArgumentError, /cannot print to #{output.class}: say in which directory, print\(path:/)
    end
    expect { printer.print(path: 3) }.to raise_error(TypeError, /path: 3 is no directory/)
    expect { printer.print(max_threads: -1) }.to raise_error(ArgumentError, /max_threads/)
  end

  it "says which directory cannot be written to" do
    printer = described_class.new(recorded)
    expect { printer.print(path: "#{directory}/none") }.to raise_error(RubyProf::OutputError, %r{none: there is no such directory\. The profile is kept})
    expect { printer.print(path: __FILE__) }.to raise_error(RubyProf::OutputError, /it is no directory/)
    Dir.mkdir("#{directory}/#{base}")
    expect { print }.to raise_error(RubyProf::OutputError, /#{base}: Is a directory/)
    expect { Fiber.new { print }.resume }.to raise_error(RubyProf::OutputError, /cannot be renamed/)
  end

  it "writes no file for a profile that recorded nothing" do
    expect(print(RubyProf::Profile.new)).to eq []
  end

  describe "read by callgrind_annotate" do
    before { skip "callgrind_annotate is not installed (Debian: valgrind)" unless system("which callgrind_annotate", out: File::NULL) }

    # Costs by function, and the total.
    def annotated(file, *options)
      # Outside of the sources' directory: it would cut that off some names and not off others.
      text, errors, status = Open3.capture3("callgrind_annotate", "--threshold=100", "--auto=no", *options, file, chdir: "/")
      expect([status.success?, errors]).to eq [true, ""]
      costs = text.scan(/^ *([\d,]+) \([ \d.]+%\) +\S*?([^:\s]+::\S+)/).to_h { |cost, name| [name, cost.delete(",").to_i] }
      [costs, text[/^([\d,]+).*PROGRAM TOTALS/, 1].delete(",").to_i]
    end

    def ours(thread, column)
      names = ->(method) { "#{method.klass_name.gsub("::", "/")}::#{method.method_name}" }
      thread.methods.to_h { |method| [names[method], (method.public_send(column) * 1e9).round] }.reject { |_, time| time.zero? }
    end

    it "has our self and total times, recursion included" do
      file = print.first
      thread = recorded.threads.first
      expect(annotated(file)).to eq [ours(thread, :self_time), 9_000_400]
      expect(annotated(file, "--inclusive=yes")).to eq [ours(thread, :total_time), 9_000_400]
      expect(ours(thread, :total_time)).to include "CallTreeFixtures/Job::again" => 400
    end
  end

  it "does not mind files whose names are no text" do
    File.write(File.join(directory, "\xFF.txt".b), "")
    File.write(File.join(directory, "#{base}.7"), "old")
    print
    expect(Dir.children(directory).map(&:b)).to contain_exactly("\xFF.txt".b, base)
  end
end
