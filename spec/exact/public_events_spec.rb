# frozen_string_literal: true

require "json"
require "programs"

# Events can be read where the VM keeps them, or by Ruby's public functions only. The counts must be
# the same; a tree may begin elsewhere.
RSpec.describe "Events read by Ruby's public functions", stress: false do
  def root_of_a_running_method
    RubyProf.profile { 1.to_s && 2.to_s && 3.succ }.threads.first.call_tree.target.full_name
  end

  it "count every call of every program, without knowing the methods that run already" do
    result = ruby_file(File.join(SPEC_ROOT, "support/exact_child.rb"), env: { "RUBY_PROF_EVENTS" => "public" })
    expect(result).to be_success, result.stderr

    answer = JSON.parse(result.stdout)
    expect(answer["differences"].reject { |_, found| found.empty? }).to eq({})
    expect(answer["differences"].keys).to match_array(Programs.all.reject(&:obstacle).map(&:name))
    expect(answer["root"]).to eq "[global]#"
  end

  it "are not what is read here" do
    expect(root_of_a_running_method).to end_with "#root_of_a_running_method"
  end
end
