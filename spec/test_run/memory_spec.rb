# frozen_string_literal: true

require "open3"
require "rbconfig"

# The bound that docs/api.md states is 160 MB above the bare run, for any number of call paths: Spool::MOST_PATHS.
RSpec.describe "the memory of a whole run", stress: false do
  it "stays within its bound" do
    skip "there is no /proc here" unless File.exist?("/proc/self/status")
    # Some 100,000 call paths.
    output, status = Open3.capture2e(Subprocess::CLEAN, RbConfig.ruby, File.join(GEM_ROOT, "bench/test_run.rb"), "--examples", "600", "--calls", "240", "--limit", "80")
    expect(status).to be_success, output
    expect(output).to match(/more .* MB at the peak$/)
  end
end
