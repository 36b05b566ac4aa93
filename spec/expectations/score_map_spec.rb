# frozen_string_literal: true

# The README's story as specs: examples/score_map_spec.rb.
RSpec.describe "examples/score_map_spec.rb", stress: false do
  def run(env = {})
    command = [RbConfig.ruby, "-S", "rspec", "--options", File::NULL, "--no-color", "examples/score_map_spec.rb"]
    output, status = Open3.capture2e(Subprocess::CLEAN.merge("SPEC_OPTS" => nil, "LC_ALL" => "C.UTF-8").merge(env), *command, chdir: GEM_ROOT)
    [output.force_encoding(Encoding::UTF_8), status.exitstatus]
  end

  it "catches the bug, by each of its lines" do
    output, status = run
    expect(status).to eq 1
    expect(output).to include "3 examples, 3 failures"
    expect(output).to include("1,000  from ScoreMap#scale_factor  examples/score_map_spec.rb:").and include("400  from ScoreMap#scale_factor")
    expect(output).to include "looks like N+1: each of 400 calls of ScoreMap#scale_factor makes exactly 1 of these calls"
    expect(output).to match(/calls  2,550  10,100  40,200  160,400  Float#abs: quadratic\n +from Enumerable#max_by, below ScoreMap#scale_factor/)
  end

  it "passes with the fix" do
    output, status = run("FIXED" => "1")
    expect(output).to include "3 examples, 0 failures"
    expect(status).to eq 0
  end
end
