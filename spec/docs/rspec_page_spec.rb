# frozen_string_literal: true

require "sample_project"

# Every line of Ruby in docs/rspec.md holds.
RSpec.describe "docs/rspec.md", stress: false do
  page = File.read(File.join(GEM_ROOT, "docs/rspec.md"), encoding: "UTF-8")
  _helper, program, *examples = page.scan(/^```ruby\n(.*?)^```$/m).flatten
  minitest, rspec = examples.partition { |text| text.start_with?("# minitest") }

  # The numbers in a message are those of a run.
  def stand_in(text)
    text.gsub(%r{^ *full report: \S+}, "full report")
  end

  it "has RSpec examples that pass" do
    spec = "require \"ruby-prof/rspec\"\nrequire \"program\"\nRSpec.describe Shop do\n" \
           "#{rspec.each_with_index.map { |text, index| "it \"#{index}\" do\n#{text}end\n" }.join}end\n"
    SampleProject.open("program.rb" => program, "spec/shop_spec.rb" => spec) do |project|
      run = project.rspec
      expect(run.outcomes.size).to be > 8
      expect(run.outcomes.reject { |_, outcome| outcome == :passed }).to eq({})
    end
  end

  it "has Minitest examples that pass, one for each assertion" do
    test = "require \"minitest/autorun\"\nrequire \"ruby-prof/minitest\"\nrequire \"program\"\nclass ShopTest < Minitest::Test\n" \
           "#{minitest.each_with_index.map { |text, index| "def test_#{index}\n#{text}end\n" }.join}end\n"
    SampleProject.open("program.rb" => program, "test/shop_test.rb" => test) do |project|
      run = project.minitest("test/shop_test.rb")
      expect(run.stdout).to match(/^#{minitest.size} runs, \d+ assertions, 0 failures, 0 errors/), run.stdout
    end
  end

  it "names every matcher, its words, and every assertion" do
    require "ruby-prof/rspec/matchers"
    require "minitest"
    require "ruby-prof/minitest/assertions"
    words = RubyProf::Matchers::DSL.public_instance_methods(false) + RubyProf::Matchers::MakeCalls.public_instance_methods(false) +
            RubyProf::Assertions.public_instance_methods(false)
    expect(words.reject { |word| page.match?(/\b#{word}\b/) }).to eq []
  end

  it "shows the message of the example" do
    output, = Open3.capture2e(Subprocess::CLEAN, RbConfig.ruby, "-S", "rspec", "--options", File::NULL, "examples/score_map_spec.rb", chdir: GEM_ROOT)
    shown = page[/^    expected the same.*?^$/m].gsub(/^    /, "").strip
    expect(stand_in(output.gsub(/^ +(?=\S)/, ""))).to include(stand_in(shown.gsub(/^ +(?=\S)/, "")))
  end
end
