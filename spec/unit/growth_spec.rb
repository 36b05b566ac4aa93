# frozen_string_literal: true

require "growth_table"

RSpec.describe "RubyProf::Growth" do
  let(:growth) { GrowthTable.growth }

  it "names the class of counts" do
    expect(growth.of([10, 100, 1000], [7, 7, 7])).to eq(:constant)
    expect(growth.of([10, 100, 1000], [4, 7, 10])).to eq(:logarithmic)
    expect(growth.of([10, 100, 1000], [21, 201, 2001])).to eq(:linear)
    expect(growth.of([10, 100, 1000], [33, 664, 9966])).to eq(:n_log_n)
    expect(growth.of([10, 100, 1000], [45, 4950, 499_500])).to eq(:quadratic)
    expect(growth.of([10, 100, 1000], [120, 161_700, 166_167_000])).to eq(:cubic)
    expect(growth.of([5, 10, 15, 20], [31, 1023, 32_767, 1_048_575])).to eq(:exponential)
    expect(growth.of([10, 100, 1000], [7, 5, 6])).to eq(:irregular)
  end

  it "lists the classes in order of growth" do
    expect(growth::CLASSES).to eq(%i[constant logarithmic linear n_log_n quadratic cubic exponential]).and be_frozen
  end

  it "says whether counts grow faster than a bound" do
    exceeded = growth::CLASSES.select { |bound| growth.exceeds?(bound, [50, 100, 200, 400], [2500, 10_000, 40_000, 160_000]) }
    expect(exceeded).to eq(%i[constant logarithmic linear n_log_n])
    expect(growth.exceeds?(:constant, [10, 100, 1000], [1, 1, 2])).to be(true)
    expect(growth.exceeds?(:linear, [10, 100, 1000], [10_010, 10_100, 11_000])).to be(false)
  end

  it "tells from two sizes only whether the counts differ" do
    expect(growth.exceeds?(:constant, [10, 1000], [100, 1_000_000])).to be(true)
    expect(growth.exceeds?(:linear, [10, 1000], [100, 1_000_000])).to be(false)
  end

  it "takes counts of any size" do
    expect(growth.of([10, 20, 40], [2**100, 2**100, 2**100])).to eq(:constant)
    expect(growth.exceeds?(:linear, [10, 100, 1000], [10, 1000, 2**80])).to be(true)
  end

  it "is not for users, and is in no profile" do
    expect { RubyProf::Growth }.to raise_error(NameError, /private constant/)
    hidden = growth
    profile = RubyProf::Profile.new
    profile.profile { hidden.exceeds?(:linear, [10, 100, 1000], [1, 2, 3]) }
    methods = profile.threads.flat_map { |thread| thread.methods.map(&:full_name) }
    expect(methods.grep(/RubyProf::Growth/)).to be_empty
  end

  describe "bad input" do
    it "wants sizes that are positive Integers and increase" do
      [[10, 10, 20], [20, 10], [0, 10], [-1, 10], [1.5, 2], ["10", "20"], nil, 10].each do |sizes|
        expect { growth.of(sizes, [1, 2]) }
          .to raise_error(ArgumentError, "sizes must be positive Integers, each larger than the one before: #{sizes.inspect}")
      end
      expect { growth.exceeds?(:linear, [1, 2**64], [1, 2]) }.to raise_error(ArgumentError, /sizes above 18446744073709551615/)
    end

    it "wants two sizes or more" do
      expect { growth.of([10], [1]) }
        .to raise_error(ArgumentError, "1 size is too little to see growth: give two sizes, or better three")
      expect { growth.of([], []) }.to raise_error(ArgumentError, /0 sizes/)
    end

    it "wants one count a size, from 0 upwards" do
      expect { growth.of([10, 20], [1, 2, 3]) }.to raise_error(ArgumentError, "3 counts for 2 sizes: give one count a size")
      [[1, -2], [1, 2.0], [1, nil], nil].each do |counts|
        expect { growth.of([10, 20], counts) }
          .to raise_error(ArgumentError, "counts must be Integers from 0 upwards, one a size: #{counts.inspect}")
      end
    end

    it "lists the classes where a bound is none" do
      [:irregular, :n2, "linear", nil].each do |bound|
        expect { growth.exceeds?(bound, [10, 20], [1, 2]) }
          .to raise_error(ArgumentError, "unknown class of growth: #{bound.inspect}; there are :constant, :logarithmic, " \
                                         ":linear, :n_log_n, :quadratic, :cubic, :exponential")
      end
    end
  end

  # bench/growth.rb prints what these add up.
  describe "the corpus of known programs", stress: false do
    table = GrowthTable.new

    def share(answers) = answers.count(true).fdiv(answers.size)

    it "has 60 programs or more, of all classes" do
      expect(GrowthPrograms.all.map(&:name).uniq.size).to eq(GrowthPrograms.all.size).and be >= 60
      expect(GrowthPrograms.all.map(&:expected).uniq).to match_array(growth::CLASSES)
    end

    it "never gives a false alarm" do
      expect(table.rows.reject { |row| row.false_alarms.empty? }).to eq([])
    end

    it "names the classes right" do
      expect(table.of(:constant).map(&:right?)).to all(be(true))
      growth::CLASSES.each { |expected| expect(share(table.of(expected).map(&:right?))).to be >= 0.95, expected.to_s }
      expect(share(table.rows.map(&:right?))).to be >= 0.97
    end

    it "tells classes from the bound below" do
      { logarithmic: 1.0, linear: 0.95, quadratic: 0.95, cubic: 0.8, exponential: 1.0 }.each do |expected, least|
        expect(share(table.of(expected).map { |row| row.told?(1) })).to be >= least, expected.to_s
      end
    end

    it "tells classes from the bound two below" do
      %i[linear n_log_n quadratic cubic exponential].each do |expected|
        expect(share(table.of(expected).map { |row| row.told?(2) })).to be >= 0.95, expected.to_s
      end
    end

    it "tells ScoreMap from linear at all sizes, and not the mended one from constant" do
      expect(table.rows.select { |row| row.program.name == "ScoreMap" }.map { |row| row.told?(2) }).to all(be(true))
      expect(table.rows.select { |row| row.program.name == "ScoreMap, mended" }.map(&:exceeded)).to all(be_empty)
    end
  end
end
