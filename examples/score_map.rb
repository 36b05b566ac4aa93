# frozen_string_literal: true

# A service became slow after a deploy. A profile says why, and proves the fix.
#
#     ruby examples/score_map.rb [report.html]

$LOAD_PATH.unshift File.expand_path("../lib", __dir__)

require "fileutils"
require "ruby-prof"

# Scores of items, packed small enough to travel: each becomes a whole number between -1000 and 1000.
class ScoreMap
  def initialize(scores)
    @scores = scores
  end

  def serialize
    to_int_array.flatten.pack("l*")
  end

  def to_int_array
    @scores.map { |item, score| [item, (score / (scale_factor + 1)).to_i] }
  end

  # Walks every score to find the largest, and is asked for every score: quadratic.
  def scale_factor
    @scores.values.max_by(&:abs).abs / 1000.0
  end
end

# The fix: look once, and remember.
class QuickScoreMap < ScoreMap
  def scale_factor
    @scale_factor ||= super
  end
end

def calls(result, method_name)
  result.threads.flat_map(&:methods).select { |method| method.method_name == method_name }.sum(&:called)
end

random = Random.new(42)
scores = Array.new(400) { |item| [item, random.rand(-1e6..1e6)] }.to_h
report = ARGV.fetch(0, "tmp/score_map.html")

slow = RubyProf.profile { ScoreMap.new(scores).serialize }
RubyProf::FlatPrinter.new(slow).print($stdout, sort_method: :total_time, filter_by: :total_time, min_percent: 1)

FileUtils.mkdir_p(File.dirname(report))
File.open(report, "w") { |file| RubyProf::GraphHtmlPrinter.new(slow).print(file) }
puts "", "The graph of who called whom: #{report}"

quick = RubyProf.profile { QuickScoreMap.new(scores).serialize }
puts "", "scale_factor looked for the largest score"
puts "  #{calls(slow, :max_by)} times before the fix,"
puts "  #{calls(quick, :max_by)} time after it."
