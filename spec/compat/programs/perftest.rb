# frozen_string_literal: true

# What a performance test of a web framework did: the modes by name, one profile over several runs that is paused
# in between, and reports with the options as a Hash.
require "ruby-prof"
require "json"

class Performer
  FORMATS = %w[Flat GraphHtml Graph].freeze

  def initialize(metric, runs)
    @metric = metric
    @mode = RubyProf.const_get(metric.to_s.upcase)
    @runs = runs
  end

  def run
    RubyProf.measure_mode = @mode
    RubyProf.start
    RubyProf.pause
    @runs.times do
      between_runs
      profile { request }
    end
    @data = RubyProf.stop
  end

  def profile
    RubyProf.resume
    yield
  ensure
    RubyProf.pause
  end

  def request
    page(2)
  end

  def page(depth)
    depth.zero? ? "page".upcase : page(depth - 1)
  end

  def between_runs
    5.times { String.new("noise").downcase }
  end

  def record(directory)
    FORMATS.each do |format|
      printer = RubyProf.const_get("#{format}Printer")
      name = File.join(directory, "#{@metric}_#{format.downcase}")
      File.open(name, "wb") { |file| printer.new(@data).print(file, { min_percent: 0.01 }) }
    end
  end

  def facts
    methods = @data.threads.flat_map(&:methods)
    calls = methods.select { |method| method.full_name.match?(/Performer#(?:page|request)|String#upcase/) }
    {
      metric: @metric, mode: @data.measure_mode, running: RubyProf.running?, threads: @data.threads.size,
      # Before 1.0 a total was asked so.
      most: @data.threads.sum { |thread| thread.methods.max.total_time }.class.name,
      calls: calls.to_h { |method| [method.full_name, method.called] }.sort, recursive: calls.select(&:recursive?).map(&:full_name)
    }
  end
end

puts JSON.generate(%w[wall_time process_time allocations].map do |metric|
  performer = Performer.new(metric, 4)
  performer.run
  performer.record(ARGV.fetch(0))
  performer.facts
end)
puts JSON.generate(Dir.children(ARGV.fetch(0)).sort)
