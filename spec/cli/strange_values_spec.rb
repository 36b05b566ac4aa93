# frozen_string_literal: true

require "command"

RSpec.describe "ruby-prof, given bytes that are no text", stress: false do
  include Command

  it "says so in a sentence" do
    ["--exclude", "--exclude-pattern", "--only"].each do |word|
      ended = ruby_prof(word, "Foo\xFF#bar", "-e", "puts 1")
      expect([word, ended.status.exitstatus, ended.stdout]).to eq [word, 255, ""]
      expect(ended.stderr.b.lines.first.force_encoding(Encoding::UTF_8).scrub("?")).to match(/\Aruby-prof: invalid argument .*Foo\?#bar.*no UTF-8/)
    end
  end

  it "says so once for a variable" do
    %w[EXCLUDE ONLY].each do |name|
      ended = auto("-e", "puts 1", env: { "RUBY_PROF_#{name}" => "Foo\xFF#bar", "RUBY_PROF_FILE" => "r.txt" })
      expect([ended.stdout, ended.stderr.lines.length]).to eq ["1\n", 1]
      expect(ended.stderr).to include("RUBY_PROF_#{name}: Foo?#bar is no pattern").and include("It is left out")
    end
  end

  it "does not end a program that loads the library" do
    ended = plain_ruby("-e", "require 'ruby-prof'; puts 1", env: { "RUBY_PROF_MEASURE_MODE" => "w\xFF" })
    expect([ended.stdout, ended.stderr.lines.length]).to eq ["1\n", 1]
    expect(ended.stderr).to include "RUBY_PROF_MEASURE_MODE=w? is no measure mode"
  end

  it "takes names in UTF-8 without a language" do
    file("s.rb", "# encoding: utf-8\ndef été = 1\nété\n")
    ended = ruby_prof("--exclude", "Object#été", "-f", "r.txt", "s.rb", env: { "LC_ALL" => "C" })
    expect([ended.stderr, read("r.txt").include?("été")]).to eq ["", false]
  end

  it "wants a finite number" do
    ended = ruby_prof("-m", "1e400", "-e", "puts 1")
    expect([ended.status.exitstatus, ended.stdout]).to eq [255, ""]
    expect(ended.stderr.lines[-2..]).to eq ["ruby-prof: invalid argument (it can be a number from 0): -m 1e400\n", "See ruby-prof --help\n"]
  end

  it "runs without RubyGems" do
    ended = ruby_prof("-e", "1.to_s", env: { "RUBYOPT" => "--disable=gems" })
    expect([ended.stderr, calls(ended.stdout, "Integer#to_s")]).to eq ["", 1]
  end
end
