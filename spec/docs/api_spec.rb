# frozen_string_literal: true

require "signatures"
require "ruby-prof/auto/settings"

# docs/api.md names everything public, and nothing that is not there.
RSpec.describe "docs/api.md" do
  page = File.read(File.join(GEM_ROOT, "docs/api.md"), encoding: Encoding::UTF_8)
  # Words within backticks and indented blocks.
  words = (page.scan(/`([^`]+)`/).flatten + page.scan(/^    .*/) + page.scan(/^## .*/)).flat_map { |code| code.scan(/[\w]+[?!]?=?|<=>|==/) }.uniq
  signatures = Signatures.new(File.join(GEM_ROOT, "sig"))

  it "names every public class, method and constant" do
    entries = signatures.entries.values.reject { |entry| entry.kind == "interface" || entry.name.start_with?("Rake") }
    names = entries.flat_map do |entry|
      methods = (entry.instance.values + entry.singleton.values).select(&:public).map(&:name)
      [entry.name.split("::").last, *methods, *entry.constants.keys]
    end
    # Writers of one name are named by their readers; marks without methods by what they are in.
    task = %w[output_dir= min_percent= printer= fail_on_error=]
    # Operators of matchers are RSpec's.
    missing = names.uniq - words - %w[initialize new WallTime ProcessTime Allocations Memory] - task - %w[& |]
    expect(missing).to eq []
  end

  it "names the environment variables" do
    read = RubyProf.const_get(:Auto).const_get(:Settings)::NAMES.values - %w[RUBY_PROF_ONE_PROGRAM RUBY_PROF_MAIN_PID RUBY_PROF_MERGE_DIR]
    test_run = File.read(File.join(GEM_ROOT, "lib/ruby-prof/test_run/settings.rb")).scan(/"(RUBY_PROF[A-Z_]*)"/).flatten.uniq
    others = %w[RUBY_PROF_CACHE RUBY_PROF_EVENTS RUBY_PROF_RUN RUBY_PROF_UPDATE]
    expect(page.scan(/`(RUBY_PROF(?:_[A-Z_]+)?)/).flatten.uniq).to match_array((read + test_run + others).uniq)
  end

  # The first column of each table of options.
  def options_under(page, heading)
    section = page[/^#{heading}\n(.*?)(?=^## |\z)/m, 1]
    section.scan(/^\| (`.*?`) \|/).flatten.flat_map { |cell| cell.scan(/`(\w+):`/) }.flatten.map(&:to_sym)
  end

  it "names the options that are taken" do
    made = options_under(page, "## RubyProf::Profile")
    expect { RubyProf::Profile.new(none: 1) }.to raise_error(ArgumentError) { |e|
      expect(made.uniq).to match_array e.message[/known: (.*)\)/, 1].split(", ").map(&:to_sym)
    }
    expect { Rack::RubyProf.new(nil, none: 1) }.to raise_error(ArgumentError) { |e|
      expect(options_under(page, "## Rack::RubyProf")).to match_array e.message[/it has (.*)/, 1].split(", ").map(&:to_sym)
    }
    printers = options_under(page, "## Printers")
    expect(printers).to match_array(RubyProf.const_get(:PrinterOptions)::CHECKED + %i[threshold expansion application])
  end
end
