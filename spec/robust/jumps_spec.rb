# frozen_string_literal: true

require_relative "isolated"

RSpec.describe "code that leaves without returning", stress: false do
  parents = <<~RUBY
    def after; end
    def parents_of_after(profile)
      method = profile.threads[0].methods.find { |m| m.method_name == :after }
      method.call_trees.call_trees.map { |tree| tree.parent.target.method_name }
    end
  RUBY

  it "puts calls after a tail call under their caller" do
    pending "frames that tail calls replace get no return event: they would have to be told by their address"
    expect(output_of(parents + <<~RUBY)).to eq "[nil]"
      RubyVM::InstructionSequence.compile_option = { tailcall_optimization: true, trace_instruction: false }
      eval "def down(n) = n == 0 ? 0 : down(n - 1)"
      RubyVM::InstructionSequence.compile_option = { tailcall_optimization: false, trace_instruction: true }
      profile = RubyProf.profile { down(100); after }
      p parents_of_after(profile)
    RUBY
  end

  it "counts exactly under continuations" do
    expect(output_of(parents + <<~RUBY)).to eq "[50, []]"
      require "continuation"
      profile = RubyProf.profile do
        round = 0
        back = callcc { |continuation| continuation }
        after
        round += 1
        back.call(back) if round < 50
      end
      p [Child.counts(profile)["Object#after"], Child.faults(profile)]
    RUBY
  end

  it "says so when a jump out of the block ends there" do
    message, status = isolated(<<~RUBY)
      $VERBOSE = false
      require "timeout"
      Timeout.timeout(0.1) { RubyProf.profile { sleep 3 } } rescue puts "timed out"
    RUBY
    expect(status).to eq 0
    expect(message).to match(/timed out|ruby-prof: /)
  end
end
