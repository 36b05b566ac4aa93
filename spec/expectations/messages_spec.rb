# frozen_string_literal: true

require "expected_outcomes"

# What a failure says: who called, from where, how often.
RSpec.describe "Failure messages of matchers", stress: false do
  program = <<~RUBY
    require "delegate"
    class Database
      def self.query(_text) = log
      def self.log = nil
    end
    class Author
      def self.find(id) = Database.query(id)
    end
    class Post
      def initialize(id) = @id = id
      def author = Author.find(@id)
    end
    class Page
      def initialize(size) = @posts = Array.new(size) { |id| Post.new(id) }
      def index
        Database.query("posts")
        @posts.each do |post|
          post.author
        end
      end
      def uneven = @posts.each_with_index { |post, index| index.times { post.author } }
    end
    class Ragged
      def all = 5.times { |n| row(n) }
      def row(n) = n.times { Database.log }
    end
    class Blog
      def fresh(posts) = posts.times.map { Database.log }
      def libraries(posts) = posts.times { SimpleDelegator.new(Database).log }
      def sorted = Array.new(9) { Item.new }.sort
      def two
        2.times { Database.log }
        Database.log
        Database.log
      end
      def twice = 2.times { Database.log }
      def deep(n) = n.zero? ? nil : (Database.log; deep(n - 1))
      def tree(n) = 2.times { Database.log && n.positive? ? tree(n - 1) : tree(n - 1) if n.positive? }
    end
    class Item
      def <=>(other) = 0
    end
    class Many
      12.times { |n| eval "def m\#{n}(x) = x.times { Database.log }", binding, "many.rb", n + 1 }
      def all = 12.times { |n| public_send("m\#{n}", n + 1) }
    end
    class Attributed
      attr_reader :title
      def name = 1
    end
    class Twice
      def self.next = @n = @n.to_i + 1
      def run = self.class.next.times { Database.log }
    end
    class Breaks
      def self.count = @count = @count.to_i + 1
      def run
        raise IOError, "third\\nrun" if self.class.count == 3
        Database.log
      end
    end
    HOSTILE = Class.new do
      define_method("a\\e[31mb\\nc\\u202e<script>") { Database.log }
      define_method("bytes \\xff".b) { Database.log }
      define_method("x" * 1_000_000) { Database.log }
    end
  RUBY
  spec = ExpectedOutcomes::WORDS + <<~RUBY
    RSpec.describe "pages" do
      it("n+1") { expect { Page.new(100).index }.to make_calls("Database.query").at_most(5).times }
      it("through a library") { expect { [3, 1, 2].sort_by { Database.log } }.to make_calls("Database.log").never }
      it("called by C") { expect { [Item.new, Item.new].sort }.to make_calls("Item#<=>").never }
      it("uneven") { expect { Page.new(5).uneven }.to make_calls("Database.query").never }
      it("ragged") { expect { Ragged.new.all }.to make_calls("Database.log").never }
      it("loop") { expect { Blog.new.fresh(10) }.to make_calls("Database.log").never }
      it("loops") { expect { Blog.new.fresh(3); Blog.new.fresh(4) }.to make_calls("Database.log").never }
      it("loop of the example") { expect { 3.times { Blog.new.fresh(4) } }.to make_calls("Database.log").never }
      it("loop of a library") { expect { Blog.new.libraries(10) }.to make_calls("Database.log").never }
      it("recursive") { expect { Blog.new.deep(10) }.to make_calls("Database.log").never }
      it("a tree") { expect { Blog.new.tree(5) }.to make_calls("Database.log").never }
      it("sorted") { expect { Blog.new.sorted }.to make_calls("Item#<=>").never }
      it("two lines") { expect { Blog.new.two }.to make_calls("Database.log").never }
      it("twice") { expect { Blog.new.twice }.to make_calls("Database.log").never }
      it("of the example") { expect { 5.times { Database.log } }.to make_calls("Database.log").never }
      it("too few") { expect { Page.new(3).index }.to make_calls("Database.query").at_least(50).times }
      it("none") { expect { Page.new(0) }.to make_calls("Database.query") }
      it("cold") { expect { Page.new(2).index }.to make_calls("Database.query").cold.never }
      it("many") { expect { Many.new.all }.to make_calls("Database.log").never }
      it("methods") { expect { Page.new(3).index }.to make_calls("Database.*").never }
      it("from") { expect { Page.new(3).index }.to make_calls("Database.query").from("Page#index").never }
      it("from others") { expect { Page.new(3).index }.to make_calls("Database.query").from("Author.find").exactly(9).times }
      it("not the same twice") { expect { Twice.new.run }.to make_calls("Database.log").never }
      it("broken the third time") { expect { Breaks.new.run }.to make_calls("Database.log").never }
      it("hostile") { expect { object = HOSTILE.new; HOSTILE.instance_methods(false).each { |name| object.send(name) } }.to make_calls("Database.log").never }
      it("threads") { expect { Thread.new { Page.new(3).index }.join; Database.query("") }.to make_calls("Database.query").exactly(5).times }
      it("threads, of one caller") { expect { Thread.new { Page.new(3).index }.join; Author.find(1) }.to make_calls("Database.query").from("Author.find").exactly(4).times }
      it("threads, only there") { expect { Thread.new { [3, 1].sort }.join }.to make_calls("Array#sort") }
      it("threads, an attribute") { expect { Thread.new { Attributed.new.title }.join; Attributed.new.name }.to make_calls("Attributed").exactly(9).times }
      it("threads, too many") { expect { Thread.new { Page.new(3).index }.join; Database.query("") }.to make_calls("Database.query").never }
      it("fibers") { expect { Fiber.new { Database.query("") }.resume }.to make_calls("Database.query").twice }
      it("threads, not the same twice") { expect { Thread.new { Database.query("") }.join; Twice.new.run }.to make_calls("Database.query", "Database.log").exactly(90).times }
      it("exits the third time") { n = 0; expect { Database.log; exit if (n += 1) == 3 }.to make_calls("Database.log").never }
    end
  RUBY

  before(:context) do
    SampleProject.open({ "lib/program.rb" => program, "spec/pages_spec.rb" => spec }) { |project| @run = project.rspec("-I", "lib") }
  end

  def message(name)
    @run[name].delete_prefix("RSpec::Expectations::ExpectationNotMetError: ")
  end

  it "finds the N+1, and the loop" do
    expect(message("n+1")).to match(<<~TEXT.strip.then { |text| /\A#{Regexp.escape(text)} tmp\/ruby-prof\/\S+\z/ })
      expected at most 5 calls to Database.query, got 101
        100  from Author.find  lib/program.rb:7
          1  from Page#index   lib/program.rb:16
      looks like N+1: each of 100 calls of Author.find makes exactly 1 of these calls
        in a loop of Page#index  lib/program.rb:18
      full report:
    TEXT
  end

  it "shows the example's own line for what C functions call" do
    expect(message("through a library")).to include "expected no calls to Database.log, got 3\n  3  from spec/pages_spec.rb:"
    expect(message("called by C")).to include("expected no calls to Item#<=>, got 1\n  1  from spec/pages_spec.rb:").and include("(through Array#sort)")
  end

  it "finds the loop of the caller itself" do
    line = program.lines.index { |text| text.include?("def fresh") } + 1
    expect(message("loop")).to include(<<~TEXT)
        10  from Blog#fresh  lib/program.rb:#{line}
      looks like N+1: 1 call of Blog#fresh makes 10 of these calls
        in a loop at lib/program.rb:#{line}
    TEXT
    expect(message("loops")).to include "looks like N+1: 2 calls of Blog#fresh make 7 of these calls\n  in a loop at lib/program.rb:#{line}\n"
    expect(message("loop of the example")).to match(%r{each of 3 calls of Blog#fresh makes exactly 4 of these calls\n  in a loop at spec/pages_spec\.rb:\d+\n})
    expect(message("loop of a library")).to include "looks like N+1: 1 call of Blog#libraries makes 10 of these calls\n  in a loop at lib/program.rb:#{line + 1}\n"
  end

  it "calls nothing an N+1 that is none" do
    expect(message("uneven")).not_to include "Page#uneven makes"
    ["ragged", "recursive", "a tree", "sorted", "two lines", "twice", "of the example"].each { |name| expect(message(name)).not_to include "N+1" }
    expect(message("too few")).not_to include "N+1"
    expect(message("too few")).to include "expected at least 50 calls to Database.query, got 4\n"
    expect(message("none")).to match(/\Aexpected at least 1 call to Database.query, got none\nfull report: \S+\z/)
  end

  it "goes by what was counted where the block runs only once" do
    expect(message("cold")).to eq <<~TEXT.strip
      expected no calls to Database.query, got 3
        2  from Author.find  lib/program.rb:7
        1  from Page#index   lib/program.rb:16
    TEXT
  end

  it "shows the largest of many callers" do
    lines = message("many").lines.map(&:chomp)
    expect(lines[0]).to eq "expected no calls to Database.log, got 78"
    expect(lines[1]).to match(/\A  12  from Many#m11/)
    expect(lines[9]).to eq "  10  from 4 more places"
    expect(lines.size).to be < 20
  end

  it "tells several methods apart" do
    expect(message("methods")).to include "got 8\n  Database.log 4, Database.query 4\n  4  from Database.query"
  end

  it "tells who else called" do
    expect(message("from")).to include "expected no calls to Database.query from Page#index, got 1\n  1  from Page#index  lib/program.rb:16\n3 calls from elsewhere:\n  3  from Author.find"
    expect(message("from")).not_to include "N+1"
    expect(message("from others")).to include "got 3\n  3  from Author.find  lib/program.rb:7\n1 call from elsewhere:\n  1  from Page#index  lib/program.rb:16"
  end

  it "says that the run which was to explain differs" do
    expect(message("not the same twice")).to include "got 2\n  2  from Twice#run"
    expect(message("not the same twice")).to include "the block is not deterministic: to look closer it was run once more, and made 3 calls instead of 2. See make_stable_calls"
  end

  it "says that the run which was to explain failed" do
    expect(message("broken the third time")).to include "got 1\n  1  from Breaks#run"
    expect(message("broken the third time")).to end_with "to look closer the block was run once more, and raised IOError: third\\nrun"
    expect(message("exits the third time")).to include "raised SystemExit"
  end

  it "says what was called on other threads, where calls are missing" do
    expect(message("threads")).to match(/got 1\n  1  from spec.*\n4 more on other threads: add \.on_all_threads\nfull report/)
    expect(message("threads, of one caller")).to include "\n3 more on other threads: add .on_all_threads\n"
    expect(message("threads, only there")).to include "got none\n1 more on other threads: add .on_all_threads\n"
    expect(message("threads, an attribute")).to include "\n1 more on other threads: add .on_all_threads\n"
    ["threads, too many", "fibers", "threads, not the same twice", "too few"].each { |name| expect(message(name)).not_to include "other threads" }
    expect(message("fibers") + message("threads") + message("threads, too many")).not_to include "deterministic"
    expect(message("threads, not the same twice")).to include "the block is not deterministic"
  end

  it "keeps names of any kind harmless" do
    text = message("hostile")
    expect(text).not_to match(/\e|\u202e/)
    expect(text).to include('a\e[31mb\nc\u202E<script>').and include("bytes \u{fffd}")
    expect(text.size).to be < 3_000
    expect(text.lines.size).to be < 20
    expect(@run.stdout).not_to include "\e[31mb"
  end
end
