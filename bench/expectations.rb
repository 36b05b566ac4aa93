# frozen_string_literal: true

# What exact counts cost a suite of 1,000 examples that each assert one: seconds of real rspec processes.
#
#   ruby bench/expectations.rb [--rounds 5] [--examples 1000] [--posts 12,120] [--ruby PATH] [--limit PERCENT]
#
# A page of 12 posts takes a quarter of a millisecond, one of 120 some three: the price of an expectation does not depend on it.
# The block of a matcher runs twice, to warm up and to be counted. So the price of counting is over a suite that runs each block
# twice by itself; over one that runs it once the second run comes on top. Suites take turns. With --limit it fails if counting
# the methods that are named takes more than that.

require "optparse"
require "rbconfig"
require "tmpdir"
require_relative "support/stats"
require_relative "support/table"

# A suite of examples about an ordinary program: pages made of posts, with ERB, JSON and sorting.
class Suite
  PROGRAM = <<~'RUBY'
    require "erb"
    require "json"

    class Author
      attr_reader :name

      def self.find(id) = new(id)
      def initialize(id) = @name = "author #{id}"
    end

    class Post
      include Comparable
      attr_reader :id

      def initialize(id) = @id = id
      def author = @author ||= Author.find(id)
      def score = (1..40).sum { |n| (id * n) % 7 }
      def <=>(other) = score <=> other.score
    end

    class Page
      TEMPLATE = ERB.new("<% posts.each do |post| %><p><%= ERB::Util.html_escape(post.author.name) %> <%= post.score %></p><% end %>")
      attr_reader :posts

      def initialize(size) = @posts = Array.new(size) { |id| Post.new(id) }
      def render = TEMPLATE.result(binding)
      def to_json(*) = JSON.generate(posts.sort.map { |post| { id: post.id, author: post.author.name } })
    end
  RUBY

  # What stands in each example, with the block once, twice, or counted.
  EXAMPLES = {
    "once" => "page = Page.new(POSTS); page.render; expect(page.to_json).to include 'author'",
    "twice" => "run = lambda { page = Page.new(POSTS); page.render; page.to_json }; run.call; expect(run.call).to include 'author'",
    "a Ruby method" => "expect { page = Page.new(POSTS); page.render; page.to_json }.to make_calls('Author.find').exactly(POSTS).times",
    "a glob" => "expect { page = Page.new(POSTS); page.render; page.to_json }.to make_calls('Post#a*').exactly(POSTS * 2).times",
    "a C method" => "expect { page = Page.new(POSTS); page.render; page.to_json }.to make_calls('Array#sort').once"
  }.freeze

  attr_reader :name

  def initialize(name, directory, examples, posts)
    @name = name
    @path = File.join(directory, "#{name.tr(" ", "_")}_#{posts}_spec.rb")
    bodies = Array.new(examples) { |number| "  it('#{number}') { #{EXAMPLES.fetch(name)} }\n" }
    File.write(@path, "require 'ruby-prof/rspec'\n#{PROGRAM}\nPOSTS = #{posts}\nRSpec.describe Page do\n#{bodies.join}end\n")
  end

  # @return [Float] seconds
  def run(ruby)
    lib = File.expand_path("../lib", __dir__)
    began = Process.clock_gettime(Process::CLOCK_MONOTONIC)
    command = [ruby, "-I#{lib}", "-e", "gem 'rspec-core'; load Gem.bin_path('rspec-core', 'rspec')", "--", @path]
    system({ "SPEC_OPTS" => nil }, *command, chdir: File.dirname(@path), out: "#{@path}.log", err: %i[child out]) || abort(File.read("#{@path}.log"))
    Process.clock_gettime(Process::CLOCK_MONOTONIC) - began
  end
end

options = { rounds: 5, examples: 1000, posts: [12, 120], ruby: RbConfig.ruby, limit: nil }
OptionParser.new do |parser|
  parser.on("--rounds N", Integer) { |number| options[:rounds] = number }
  parser.on("--examples N", Integer) { |number| options[:examples] = number }
  parser.on("--posts LIST", Array) { |list| options[:posts] = list.map { |text| Integer(text) } }
  parser.on("--ruby PATH") { |path| options[:ruby] = path }
  parser.on("--limit PERCENT", Float) { |percent| options[:limit] = percent }
end.parse!

puts "#{options[:examples]} examples, medians of #{options[:rounds]} rounds"
options[:posts].each do |posts|
  Dir.mktmpdir do |directory|
    suites = Suite::EXAMPLES.keys.map { |name| Suite.new(name, directory, options[:examples], posts) }
    seconds = Array.new(options[:rounds]) { suites.to_h { |suite| [suite.name, suite.run(options[:ruby])] } }
    over = ->(name, base) { Bench::Stats.median(seconds.map { |round| (round[name] / round[base] - 1) * 100 }) }
    puts format("%-16s %8s %12s %12s", "#{posts} posts", "seconds", "over twice", "over once")
    suites.each do |suite|
      puts format("%-16s %8.2f %11.1f%% %11.1f%%", suite.name, Bench::Stats.median(seconds.map { |round| round[suite.name] }), over.(suite.name, "twice"), over.(suite.name, "once"))
    end
    named = over.("a Ruby method", "twice")
    abort format("counting takes %.1f%%, more than %.1f%%", named, options[:limit]) if options[:limit] && posts == options[:posts].last && named > options[:limit]
  end
end
