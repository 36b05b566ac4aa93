# frozen_string_literal: true

require "cgi"
require "documentation"
require "rake"
require "ruby-prof/task"
require "ruby-prof/minitest/assertions"
require "ruby-prof/rspec/matchers"
require "tmpdir"

# `rake doc` has nothing to warn of, and all that is public is described.
RSpec.describe "The documentation", stress: false do
  documentation = Documentation.new(GEM_ROOT)

  it "describes in sig/ what is written in Rust, and nothing else" do
    signatures = Signatures.new(File.join(GEM_ROOT, "sig"))
    signatures.entries.each_value do |entry|
      next if entry.kind == "interface" || entry.name.start_with?("Rake")

      mod = Object.const_get(entry.name)
      rust = ->(method) { method.source_location.nil? }
      of_ruby = entry.instance.values.map { |each| [each, mod.instance_method(each.name)] } +
                entry.singleton.values.map { |each| [each, mod.method(each.name)] }
      of_ruby.each { |each, method| expect(each.comment.any?).to be(rust.call(method)), "#{mod} #{each.name}" }
    end
  end

  it "is Ruby, for YARD" do
    expect { RubyVM::InstructionSequence.compile(documentation.stubs) }.not_to raise_error
    expect(documentation.stubs).to include("# @return [Array<Thread>]\ndef threads(); end")
  end

  it "lacks nothing, and YARD finds no fault" do
    skip "yard is not installed (Debian has it as the package yard); what is written in Rust was checked" unless system("yard", "--version", out: File::NULL, err: File::NULL)
    Dir.mktmpdir do |directory|
      said = documentation.stats(directory)
      expect(said.lines.grep(/\[(?:warn|error)\]/)).to eq []
      expect(said[/Undocumented Objects.*/m]).to be_nil
      expect(said).to include("100.00% documented")
      # A tag is enough for YARD.
      documentation.write(directory)
      pages = CGI.unescapeHTML(Dir["#{directory}/**/*.html"].map { |path| File.read(path, encoding: "UTF-8") }.join.gsub(/<[^>]*>/, "")).gsub(/\s+/, " ")
      expect(documentation.descriptions.size).to be > 100
      expect(documentation.descriptions.reject { |line| pages.include?(line.delete("`")) }).to eq []
    end
  end
end
