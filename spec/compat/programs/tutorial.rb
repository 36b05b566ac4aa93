# frozen_string_literal: true

# What tutorials of 2015 show: the measure mode, a block, and reports to files and to the terminal.
require "ruby-prof"

RubyProf.measure_mode = RubyProf::PROCESS_TIME

class Words
  def count(text)
    text.split.each_with_object(Hash.new(0)) { |word, counts| counts[normal(word)] += 1 }
  end

  def normal(word)
    word.downcase.delete(".,")
  end
end

result = RubyProf.profile do
  Words.new.count("The cat, the dog. The end.")
end

printer = RubyProf::GraphHtmlPrinter.new(result)
File.open(File.join(ARGV.fetch(0), "report.html"), "w") { |file| printer.print(file) }

flat = +""
RubyProf::FlatPrinter.new(result).print(flat, min_percent: 0, sort_method: :total_time)
lines = []
RubyProf::GraphPrinter.new(result).print(lines, {})
RubyProf::CallInfoPrinter.new(result).print(tree = +"")

page = File.read(File.join(ARGV.fetch(0), "report.html"), encoding: "UTF-8")
puts page[/<!DOCTYPE html>/i], page.include?("Words#normal"), page.scan("<th>Total</th>").any?
puts flat[/^Measure Mode: .*/], flat[/^Sort by: .*/]
puts(flat.scan(/(\d+)\s+\*?(Words#\w+)/).map { |calls, name| "#{name} #{calls}" }.sort)
puts lines.join.include?("String#downcase"), tree.include?("Words#normal")
# Somebody always starts it twice.
begin
  RubyProf.start
  RubyProf.start
rescue RuntimeError => e
  puts e.message[/RubyProf is already running/]
ensure
  RubyProf.stop
end
