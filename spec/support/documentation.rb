# frozen_string_literal: true

require "fileutils"
require "open3"
require "rbconfig"
require "signatures" unless defined?(Signatures)

# The pages of the Ruby API, by YARD. It reads what is written in Ruby; what is written in Rust it learns from the
# comments in sig/, which are turned into Ruby without bodies for it. So each method is described in one place.
class Documentation
  # Nobody calls what is in these.
  INTERNAL = %r{/(?:cli|auto|calibration|filter|rack|test_run|counting|expectations)/|/matchers/(?:compound|composition)\.rb\z|
                /call_profile/(?!change|difference)\w+\.rb\z|
                /(?:rspec|minitest)/(?:run\w*|example_hooks|test_hooks|class_methods|asserting)\.rb\z|
                /(?:cli|auto|extension|vm_probe|program_start|report_writer|pattern_list|printer_kind|unprof|constants)\.rb\z|
                /(?:test_run|test_prof|counting|expectations)\.rb\z}x

  # What lib/ makes private of them, and of Rust's.
  PRIVATE = { "module RubyProf" => %w[Calibration Counter Growth Report TestProfiles VMProbe], "module Rack; class RubyProf" => %w[Options FileNames Permission Reports Aggregation] }.freeze

  # Of RBS, and of YARD.
  TYPES = { "bool" => "Boolean", "boolish" => "Object", "untyped" => "Object", "self" => "self", "instance" => "Profile" }.freeze

  def initialize(root)
    @root = root
  end

  # @return [String] Ruby with comments for all that is written in Rust
  def stubs
    signatures = Signatures.new(File.join(@root, "sig"))
    entries = signatures.entries.values.reject { |entry| entry.kind == "interface" }
    hidden = PRIVATE.map { |owner, names| "#{owner}\n#{names.map { |name| "# @private\nmodule #{name}; end\n" }.join}end#{"; end" if owner.include?(";")}\n" }
    [*entries.map { |entry| stub(entry) }, *hidden].join
  end

  # Writes pages, with an index.html.
  #
  # @raise [RuntimeError] after a warning
  def write(directory)
    said = yard("doc", directory, "--output-dir", directory, "--readme", "README.md", "--files", "docs/api.md,docs/ruby-prof.md", "--markup", "markdown")
    raise "the documentation has faults:\n#{said}" if said.include?("[warn]") || said.include?("[error]")
  end

  # @return [Array<String>] the first lines of all comments in sig/, which the pages must have
  def descriptions
    entries = Signatures.new(File.join(@root, "sig")).entries.values.reject { |entry| entry.kind == "interface" }
    comments = entries.flat_map { |entry| [entry.comment, *entry.constant_comments.values, *(entry.instance.values + entry.singleton.values).map(&:comment)] }
    comments.reject(&:empty?).map(&:first).uniq
  end

  # What YARD says of all that is public: warnings, what is not described, and how much is.
  def stats(directory)
    yard("stats", directory, "--list-undoc")
  end

  private

  def yard(command, directory, *options)
    FileUtils.mkdir_p(directory)
    stubs_file = File.join(directory, "written_in_rust.rb")
    File.write(stubs_file, stubs)
    stubs_file = stubs_file.delete_prefix("#{@root}/")
    files = Dir.glob("lib/**/*.rb", base: @root).grep_v(INTERNAL).sort
    words = [RbConfig.ruby, "-S", "yard", command, "--no-cache", "--no-save", "--no-progress", "-b", File.join(directory, ".yardoc"),
             *options, stubs_file, *files]
    output, = Open3.capture2e(*words, chdir: @root)
    output.force_encoding(Encoding::UTF_8)
  end

  def stub(entry)
    body = entry.constant_comments.map { |name, comment| constant(name, comment) } +
           entry.instance.values.map { |method| definition(method, "") } + entry.singleton.values.map { |method| definition(method, "self.") }
    body = body.compact
    return "" if body.empty? && entry.comment.empty?

    "\n#{comment(entry.comment)}#{entry.kind} #{entry.name}#{" < #{entry.superclass}" if entry.superclass}\n#{body.join}end\n"
  end

  def constant(name, text)
    "\n#{comment(text)}#{name} = nil\n" unless text.empty?
  end

  # What has no comment is written in Ruby, and described there.
  def definition(method, own)
    return if method.comment.empty?

    returns = method.comment.grep(/@return/).empty?
    if method.overloads.one?
      text = method.comment + tags(method.overloads.first, returns)
      parameters = parameters(method.overloads.first)
    else
      text = method.comment + method.overloads.flat_map do |each|
        ["@overload #{method.name}(#{parameters(each)})", *tags(each, returns).map { |tag| "  #{tag}" }]
      end
      parameters = "*arguments"
    end
    # Without an empty line YARD takes a comment for the line above.
    "\n#{comment(text)}def #{own}#{method.name}(#{parameters}); end\n"
  end

  def tags(overload, returns)
    tags = overload.parameters.map { |each| "@param #{each.name} [#{type(each.type)}]" }
    tags << "@return [#{type(overload.returns)}]" if returns && overload.returns != "void"
    tags
  end

  def parameters(overload)
    overload.parameters.map do |each|
      { req: each.name, opt: "#{each.name} = nil", rest: "*#{each.name}", key: "#{each.name}: nil", keyrest: "**#{each.name}" }.fetch(each.kind)
    end.join(", ")
  end

  def type(text)
    text = text.gsub(/\b(?:bool|boolish|untyped|instance)\b/, TYPES).tr("[]", "<>").gsub(" | ", ", ")
    text.end_with?("?") ? "#{text.chop}, nil" : text
  end

  def comment(lines)
    lines.map { |line| "# #{line}".rstrip << "\n" }.join
  end
end
