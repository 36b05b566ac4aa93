# frozen_string_literal: true

require "counted"

# A page that asks for the author of each post.
module AnalysisSample
  class Author
    def self.find(_id) = new
  end

  class Post
    def author = Author.find(1)
    def untouched = nil
  end

  class Page
    def render = Array.new(4) { Post.new }.each { |post| post.author && post.untouched }.size
    def deep(level) = level.zero? ? Author.find(1) : deep(level - 1)
    def fails = Author.find(1) && raise(IOError)
  end
end

RSpec.describe "RubyProf::Counting.analyse" do
  let(:page) { AnalysisSample::Page.new }
  let(:selection) { Counted::Chosen.new([Counted.method_named(AnalysisSample::Author.singleton_class, :find)]) }

  def analyse(&block)
    Counted::COUNTING.analyse(selection, &block)
  end

  it "tells how many calls each activation of a method makes" do
    rows = analyse { page.render }.fan_outs.to_h { |row| [row.method.full_name, row.to_a.drop(1)] }
    expect(rows).to include("AnalysisSample::Post#author" => [4, 1, 1, 4], "AnalysisSample::Page#render" => [1, 4, 4, 4], "Array#each" => [1, 4, 4, 4])
    expect(rows.keys).not_to include("AnalysisSample::Post#untouched")
  end

  it "gives the stacks from the call outwards" do
    stacks = analyse { page.render }.stacks
    expect(stacks.size).to eq 1
    called, frames = stacks.first
    expect(called).to eq 4
    expect(frames.map { |frame| frame.method.full_name }.first(4)).to eq ["AnalysisSample::Post#author", "AnalysisSample::Page#render", "Array#each", "AnalysisSample::Page#render"]
    expect(frames.fetch(0)).to have_attributes(file: __FILE__, line: AnalysisSample::Post.instance_method(:author).source_location.last)
    expect(frames.fetch(2)).to have_attributes(file: nil, line: 0)
  end

  it "counts as the plain count does, and has the profile of the same run" do
    analysis = analyse { page.render }
    plain = Counted::COUNTING.run(selection) { page.render }
    expect(analysis.counts.edges.map(&:to_a)).to eq plain.edges.map(&:to_a)
    methods = analysis.profile.threads.fetch(0).methods.to_h { |method| [method.full_name, method.called] }
    expect(methods).to include("<Class::AnalysisSample::Author>#find" => 4, "AnalysisSample::Page#render" => 1)
  end

  it "looks 200 frames deep" do
    stacks = analyse { page.deep(1000) }.stacks
    expect(stacks.map { |called, frames| [called, frames.size] }).to eq [[1, 200]]
  end

  it "lets an exception through" do
    expect { analyse { page.fails } }.to raise_error(IOError)
    expect(ObjectSpace.each_object(TracePoint).count(&:enabled?)).to eq 0
  end
end
