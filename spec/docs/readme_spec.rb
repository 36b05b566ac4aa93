# frozen_string_literal: true

require "open3"
require "tmpdir"

# What the README shows runs as it is written.
RSpec.describe "README.md" do
  root = File.expand_path("../..", __dir__)
  blocks = File.read("#{root}/README.md", encoding: Encoding::UTF_8).scan(/^```ruby\n(.*?)^```/m).flatten

  it "has programs" do
    expect(blocks.size).to be >= 4
  end

  blocks.each.with_index(1) do |program, number|
    it "shows program #{number}, which runs without a warning" do
      Dir.mktmpdir do |directory|
        output, status = Open3.capture2e(RbConfig.ruby, "-w", "-I", "#{root}/lib", "-r", "ruby-prof", "-e", program, chdir: directory)
        expect([status.exitstatus, output[/warning: .*/]]).to eq [0, nil]
        expect(output).to match(/\d+/) if program.match?(/\b(?:puts|print)\b/)
      end
    end
  end
end
