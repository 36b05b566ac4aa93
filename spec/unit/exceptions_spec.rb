# frozen_string_literal: true

RSpec.describe RubyProf::Profile, "of a block that does not end normally" do
  let(:strict) { described_class.new(allow_exceptions: true) }
  let(:lenient) { described_class.new }

  def returning(profile)
    profile.profile { return 1.to_s }
    :after
  end

  describe "with allow_exceptions" do
    subject(:profile) { strict }

    after do
      expect(profile).not_to be_running
      expect(calls_of(profile, "Integer#to_s")).to eq 1
    end

    it "lets an exception through" do
      expect { profile.profile { raise ArgumentError, 1.to_s } }.to raise_error(ArgumentError, "1")
    end

    it "lets exit through, with its status" do
      expect { profile.profile { exit 1.to_s.to_i + 2 } }.to raise_error(SystemExit) { |error| expect(error.status).to eq 3 }
    end

    it "lets a throw through" do
      expect(catch(:thrown) { profile.profile { throw :thrown, 1.to_s } }).to eq "1"
    end

    it "lets a return through" do
      expect(returning(profile)).to eq "1"
    end

    it "lets a break through" do
      expect(profile.profile { break 1.to_s }).to eq "1"
    end

    it "is no different for next" do
      expect(profile.profile { next 1.to_s }).to equal profile
    end
  end

  describe "by default" do
    subject(:profile) { lenient }

    after do
      expect(profile).not_to be_running
      expect(calls_of(profile, "Integer#to_s")).to eq 1
    end

    it "ends an exception, and says so" do
      result = nil
      expect { result = profile.profile { raise ArgumentError, 1.to_s } }
        .to output(/the profiled block raised ArgumentError.*allow_exceptions: true/).to_stderr
      expect(result).to equal profile
      expect($!).to be_nil # rubocop:disable Style/SpecialGlobalVars
    end

    it "ends an exit, and says so" do
      expect { profile.profile { exit 1.to_s.to_i } }.to output(/SystemExit/).to_stderr
    end

    it "ends a throw, a return and a break, and says so" do
      results = []
      ways = [-> { catch(:thrown) { profile.profile { throw :thrown } } }, -> { returning(profile) }, -> { profile.profile { break } }]
      ways.each do |way|
        expect { results << way.call }.to output(/left by throw, break or return.*allow_exceptions: true/).to_stderr
      end
      expect(results).to eq [profile, :after, profile]
    end

    it "ends no Thread#kill" do
      went_on = false
      thread = Thread.new do
        profile.profile { 1.to_s && Thread.current.kill }
        went_on = true
      end
      thread.join
      expect(went_on).to be false
    end

    it "ends no signal" do
      expect { profile.profile { raise Interrupt, 1.to_s } }.to raise_error(Interrupt)
    end
  end

  it "does the same for RubyProf.profile and Profile.profile" do
    [RubyProf, described_class].each do |receiver|
      expect { receiver.profile { raise IOError, "gone" } }.to output(/IOError/).to_stderr
      expect { receiver.profile(allow_exceptions: true) { raise IOError, "gone" } }.to raise_error(IOError, "gone")
    end
    expect(RubyProf).not_to be_running
  end

  it "records what the exception itself calls, and the calls it leaves" do
    recorded = described_class.new(allow_exceptions: true)
    begin
      recorded.profile { [1].each { Integer("x") } }
    rescue ArgumentError
      nil
    end
    each = method_info(recorded, "Array#each")
    expect(each.called).to eq 1
    expect(method_info(recorded, "Kernel#Integer").call_trees.callers.map { |edge| edge.parent.target }).to eq [each]
  end

  it "can be used again afterwards" do
    expect { lenient.profile { raise 1.to_s } }.to output.to_stderr
    lenient.profile { 1.to_s }
    expect(calls_of(lenient, "Integer#to_s")).to eq 2
  end

  it "lets a stack overflow through, and stays usable", stress: false do
    endless = Class.new { def go = go }
    expect { strict.profile { endless.new.go } }.to raise_error(SystemStackError)
    expect(strict.threads.first.methods.size).to be > 1
  end
end
