# frozen_string_literal: true

require "io/console"
require "pty"

# Tables on a terminal, whose lines are as wide as it is.
RSpec.describe "Tables on a terminal", stress: false do
  module TerminalFixtures
    class AJobThatHasQuiteALongNameForWhatItDoes
      def run = [ManualClock.advance(1_000_000), 日本語の長い名前を持つメソッドはどのくらいの幅になるのでしょうか, a_method_with_a_name_that_is_longer_than_most]
      def a_method_with_a_name_that_is_longer_than_most = ManualClock.advance(2_000_000)
      def 日本語の長い名前を持つメソッドはどのくらいの幅になるのでしょうか = nil
    end
  end

  let(:recorded) { profile_by_hand { TerminalFixtures::AJobThatHasQuiteALongNameForWhatItDoes.new.run } }
  let(:long) { "TerminalFixtures::AJobThatHasQuiteALongNameForWhatItDoes#a_method_with_a_name_that_is_longer_than_most" }

  # @return [String] what a terminal of so many columns is sent
  def shown(printer, columns, **options)
    reader, terminal = PTY.open
    terminal.winsize = [50, columns]
    text = +""
    reading = Thread.new do
      loop { text << reader.readpartial(10_000) }
    rescue EOFError, Errno::EIO
      nil # The other end was closed.
    end
    printer.new(recorded).print(terminal, **options)
    terminal.close
    reading.join
    text.force_encoding(Encoding::UTF_8).gsub("\r\n", "\n")
  ensure
    reader.close
  end

  # From the titles to the words below.
  def table(text)
    text.lines(chomp: true).drop_while { |line| !line.match?(/\A +%/) }.take_while { |line| !line.start_with?("* ") }
  end

  # Letters of Japanese take two columns.
  def columns(line) = line.length + line.scan(/[\p{Han}\p{Hiragana}\p{Katakana}ー]/).length

  { RubyProf::FlatPrinter => [100, 120, 160], RubyProf::GraphPrinter => [120, 140, 180] }.each do |printer, widths|
    describe printer do
      widths.each do |width|
        it "has no longer line in #{width} columns" do
          lines = table(shown(printer, width))
          expect(lines.map { |line| columns(line) }.max).to be <= width
          at = lines.grep(/spec\.rb:\d+\z/).map { |line| columns(line[/.* (?=\S+\z)/]) }
          expect(at.uniq).to eq [columns(lines.first) - "location".length]
          expect(lines.first).to end_with "location"
          expect(lines.join("\n")).to match(/TerminalF\S*…\S*most +\S*_spec\.rb:\d+$/)
        end
      end

      it "leaves out locations where there is no room" do
        lines = table(shown(printer, widths.first - 10))
        expect(lines.map(&:length).max).to be <= widths.first - 10
        expect(lines.first).to end_with "name"
        expect(lines.join).not_to include "terminal_spec.rb"
      end

      it "shows names whole, and files from the current directory, where they fit" do
        text = shown(printer, 300)
        expect(text).to match(/#{Regexp.escape(long)} +spec\/unit\/printers\/terminal_spec\.rb:\d+$/)
        expect(text).to include "… is where this terminal has no room: a file or a pipe has it all\n"
      end

      it "cuts nothing for others" do
        text = printer.new(recorded).print(+"")
        expect(text).to match(/#{Regexp.escape(long)} +#{Regexp.escape(__FILE__)}:\d+$/)
        expect(text).not_to include "…"
      end
    end
  end

  it "has its lines where a terminal does not know its width" do
    expect(shown(RubyProf::FlatPrinter, 0)).to include long
  end
end
