# frozen_string_literal: true

require "command"

# What needs Profile.new(exclude:, only:, exclude_common:).
RSpec.describe "patterns of methods on the command line", stress: false do
  include Command

  before do
    file("script.rb", <<~'RUBY')
      module Zoo
        class Cat
          def meow = [1].each { |n| n.to_s }
          def self.meow = new.meow
        end
      end
      def quiet = Zoo::Cat.meow
      quiet
    RUBY
  end

  # Which of the script's methods are in the report.
  def shown(*words)
    ended = ruby_prof(*words, "script.rb")
    expect(ended.status.exitstatus).to eq 0
    @stderr = ended.stderr
    rows(ended.stdout).join.scan(/Zoo::Cat#meow|<Class::Zoo::Cat>#meow|Object#quiet|Array#each|Integer#to_s/).uniq
  end

  it "leave out methods of classes that the script defines" do
    expect(shown("--exclude", "Zoo::Cat#meow,Integer#to_s")).to contain_exactly("<Class::Zoo::Cat>#meow", "Object#quiet", "Array#each")
    expect(@stderr).to eq ""
    expect(shown("--exclude=Zoo::Cat.meow")).to contain_exactly("Zoo::Cat#meow", "Object#quiet", "Array#each", "Integer#to_s")
  end

  it "tell what the program turned out not to have" do
    shown("--exclude", "Dog#bark,Zoo::Cat#bark,Zoo::Cat.bark,Zoo::Cat#meow")
    expect(@stderr.lines).to eq [
      "ruby-prof: Dog#bark matched nothing: the program has no Dog\n",
      "ruby-prof: Zoo::Cat#bark matched nothing: Zoo::Cat has no instance method bark\n",
      "ruby-prof: Zoo::Cat.bark matched nothing: Zoo::Cat has no method bark of its own\n"
    ]
  end

  it "load nothing to find out" do
    file("later.rb", "puts :loaded\nclass Later; def x = 1; end")
    ended = ruby_prof("--exclude", "Later#x", "-f", "r.txt", "-e", "autoload :Later, './later'")
    expect([ended.stdout, ended.stderr]).to eq ["", "ruby-prof: Later#x matched nothing: the program has no Later\n"]
  end

  it "leave out common methods" do
    expect(shown("--exclude-common")).not_to include "Array#each"
  end

  it "leave out by pattern, or all but what matches" do
    expect(shown("--exclude-pattern", "/meow|,x{1,2}/")).to contain_exactly("Object#quiet", "Array#each", "Integer#to_s")
    expect(shown("--exclude-pattern", "Zoo::Cat", "--exclude-pattern", "c")).to eq ["Object#quiet"]
    expect(shown("--only", "Zoo::Cat")).to contain_exactly("<Class::Zoo::Cat>#meow", "Zoo::Cat#meow")
    expect(shown("--only", "./script.rb")).to include("Object#quiet", "Zoo::Cat#meow")
  end

  it "may be those of ruby-prof 0.x, with a word about it" do
    expect(shown("-x", "meow")).not_to include "Zoo::Cat#meow"
    expect(@stderr).to eq "ruby-prof: -x is an option of ruby-prof 0.x: it is --exclude-pattern=/meow/ now\n"
    file("patterns", "me.w\na/b\n\n")
    expect(shown("-X", "patterns")).not_to include "Zoo::Cat#meow"
    expect(shown("--exclude-common-cycles", "--exclude-common-callbacks")).not_to include "Array#each"
  end

  it "come from the environment as well" do
    ended = auto("script.rb", env: { "RUBY_PROF_EXCLUDE" => "Zoo::Cat#meow, /to_s/", "RUBY_PROF_EXCLUDE_COMMON" => "1" })
    expect(rows(ended.stdout).join).to include("Object#quiet").and(satisfy { |text| text !~ /Zoo::Cat#|to_s|Array#each/ })
    ended = auto("script.rb", env: { "RUBY_PROF_ONLY" => "app" })
    expect(rows(ended.stdout).join).to include("Zoo::Cat#meow").and(satisfy { |text| text !~ /Integer#to_s/ })
  end
end
