# frozen_string_literal: true

require "tmpdir"

# Programs as people wrote them against ruby-prof, in processes of their own. They say nothing of this library,
# and what they print is no time: where Debian's ruby-prof 1.4.5 can run them too, it must print the same.
RSpec.describe "A program written for ruby-prof", stress: false do
  programs = File.join(__dir__, "programs")
  their_gem = 'gem "ruby-prof", "1.4.5"'

  # What this Ruby's own methods are, in C or in Ruby, differs from one to the next: these hold on all.
  expected = {
    "test_prof" => ['"same":true,"threads":1', '["Example#weigh",3]', '"flat":"Sort by: self_time"', '"callgrind.out.PID"'],
    "perftest" => ['"metric":"process_time","mode":1,"running":false,"threads":1,"most":"Float"', '["Performer#page",12],["Performer#request",4]',
                   '"recursive":["Performer#page"]', '"wall_time_graphhtml"'],
    "tutorial" => ["<!DOCTYPE html>\ntrue\ntrue\n", "Measure Mode: process_time\nSort by: total_time\nWords#count 1\nWords#normal 6\ntrue\ntrue\n"],
    "folded_stacks" => [/Tree#branch;Tree#grow;.*Tree#branch 4$/, "---\n[global]# 1\n"],
    "own_printers" => ['{"fiber":"Integer","by":"total_time","from":"2012"}', '"method":"outer","line":44,"calls":3', '"recursive":true',
                       "calls name\n", "3 Work#outer"],
    "marshal" => ['"track":true,"same":true,"root":"[global]#"', '["Kept#step",3,10,false]'],
    "multi" => ["one.call_tree.txt\none.flat.txt\none.graph.html\none.graph.txt\none.stack.html\n", "hash.flat.txt\nArgumentError\n",
                "two.flame_graph.html\n", /true\n\z/],
    "eliminate" => ["---\nArray#map\n", "with lines\n", "Shop#order 3\nRubyProf::CallTree\n"]
  }
  # Of which ruby-prof 1.4.5 has not all names: what it prints is the beginning, or nothing.
  newer = %w[multi]
  older = %w[eliminate]

  define_method(:output) do |name, ours:|
    Dir.mktmpdir("ruby-prof-program-") do |directory|
      script = "#{"#{their_gem}\n" unless ours}$PROGRAM_NAME = #{name.dump}\nload #{File.join(programs, "#{name}.rb").dump}"
      result = ruby(script, directory, library: ours, env: { "RUBY_PROF_OPERATORS" => "1" })
      expect(result).to be_success, result.stderr
      result
    end
  end

  it "has an expectation here" do
    expect(Dir.children(programs).map { |file| File.basename(file, ".rb") }).to match_array expected.keys
  end

  expected.each do |name, pieces|
    it "runs unchanged: #{name}" do
      result = output(name, ours: true)
      pieces.each { |piece| expect(result.stdout).to match(piece.is_a?(Regexp) ? piece : Regexp.new(Regexp.escape(piece))) }
      expect(result.stderr.lines.grep_v(/warning: .*(?:CPU_TIME|CallInfoVisitor|old name)/)).to eq []
    end
  end

  describe "and ruby-prof 1.4.5" do
    theirs = Subprocess.ruby("#{their_gem}; require 'ruby-prof'; print RubyProf::VERSION", library: false).stdout
    before { skip "the gem ruby-prof 1.4.5 is not installed (Debian 12 has it as the package ruby-prof)" } unless theirs == "1.4.5"

    (expected.keys - older).each do |name|
      it "prints the same: #{name}" do
        ours, theirs = [true, false].map { |which| output(name, ours: which).stdout }
        expect(theirs.size).to be > 50
        newer.include?(name) ? expect(ours).to(start_with(theirs)) : expect(ours).to(eq(theirs))
      end
    end
  end
end
