# frozen_string_literal: true

RSpec.describe RubyProf::CallTree do
  module CallTreeFixtures
    class Kitchen
      def cook
        chop
        boil
        chop
      end

      def chop
        ManualClock.advance(5)
      end

      def boil
        ManualClock.advance(1)
        chop
      end

      def self.all(kitchens)
        kitchens.each do |kitchen|
          kitchen.chop
        end
      end
    end
  end

  let(:recorded) { profile_by_hand { CallTreeFixtures::Kitchen.new.cook } }
  let(:root) { recorded.threads.first.call_tree }
  let(:cook) { root.children.first }

  def names(trees)
    trees.map { |tree| tree.target.method_name }
  end

  it "has the children in the order of their first call" do
    expect(names(root.children)).to eq %i[cook]
    expect(names(cook.children)).to eq %i[chop boil]
    expect(names(cook.children.last.children)).to eq %i[chop]
  end

  it "has a parent, but at the root" do
    expect(root.parent).to be_nil
    expect(cook.parent).to eq root
    expect(cook.children.map(&:parent)).to all(eq(cook))
  end

  it "knows its depth" do
    expect([root, cook, *cook.children, *cook.children.last.children].map(&:depth)).to eq [0, 1, 2, 2, 3]
  end

  it "counts and times the calls along its path only" do
    chop, boil = cook.children
    expect([cook, chop, boil, boil.children.first].map(&:called)).to eq [1, 2, 1, 1]
    expect(times(cook)).to eq total: 16, self: 0, wait: 0, children: 16
    expect(times(chop)).to eq total: 10, self: 10, wait: 0, children: 0
    expect(times(boil)).to eq total: 6, self: 1, wait: 0, children: 5
    expect(times(boil.measurement)).to eq times(boil)
    expect(boil.measurement.called).to eq 1
  end

  it "knows the line of the first call" do
    file, line = CallTreeFixtures::Kitchen.instance_method(:cook).source_location
    expect(cook.children.map { |tree| [tree.source_file, tree.line] }).to eq [[file, line + 1], [file, line + 2]]
  end

  it "knows the line of a call within a block that a C or Ruby method yields to" do
    file, line = CallTreeFixtures::Kitchen.method(:all).source_location
    recorded = profile { CallTreeFixtures::Kitchen.all([CallTreeFixtures::Kitchen.new]) }
    each = call_tree(recorded, "Array#each")
    chop = call_tree(recorded, "CallTreeFixtures::Kitchen#chop")
    expect([each.source_file, each.line]).to eq [file, line + 1]
    expect([chop.source_file, chop.line]).to eq [file, line + 2]
    expect(chop.parent).to eq each
  end

  it "has no place for what a C method calls by itself" do
    initialize = call_tree(profile { Object.new }, "BasicObject#initialize")
    expect([initialize.parent.target.full_name, initialize.source_file, initialize.line]).to eq ["Class#new", nil, 0]
  end

  it "is equal to itself only, however it was reached" do
    chop = cook.children.first
    deeper = cook.children.last.children.first
    expect(cook.children.first).to eq(chop).and have_attributes(hash: chop.hash)
    expect(chop.eql?(root.children.first.children.first)).to be true
    expect(deeper.target).to eq chop.target
    expect(deeper).not_to eq chop
    expect(chop == :chop).to be false
  end

  it "sorts by total time" do
    expect(names(cook.children.sort)).to eq %i[boil chop]
    expect(cook <=> 3).to be_nil
  end

  it "prints as ruby-prof's" do
    expect([cook.to_s, cook.inspect]).to eq ["<RubyProf::CallTree - CallTreeFixtures::Kitchen#cook>"] * 2
  end
end
