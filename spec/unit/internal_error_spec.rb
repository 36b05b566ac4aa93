# frozen_string_literal: true

# A defect of the extension is an exception like any other: the program goes on.
RSpec.describe RubyProf::InternalError do
  # The panic itself is reported on standard error, by Rust: that is not for this suite's output.
  def quietly
    kept = $stderr.dup
    $stderr.reopen(File::NULL)
    yield
  ensure
    $stderr.reopen(kept)
    kept.close
  end

  def failing_profile(events)
    RubyProf::Profile.new.tap { |profile| RubyProf::Testing.panic_after(profile, events) }
  end

  it "is a RubyProf::Error, which is a StandardError" do
    expect(described_class.ancestors).to include RubyProf::Error, StandardError
  end

  it "is raised for a panic in a method" do
    expect { quietly { RubyProf::Testing.panic_now } }
      .to raise_error(described_class, /a test asked for this panic.*please report it/)
  end

  it "promises a profile only where there is one" do
    quietly { RubyProf::Testing.panic_now }
  rescue described_class => e
    expect([e.profile, e.message]).to match [nil, /please report it with this message\)\z/]
  else
    raise "no error"
  end

  describe "from a panic in the hook" do
    def error
      @error ||= begin
        profile = failing_profile(6)
        quietly do
          profile.start
          1.to_s
          2.pred
          3.pred
          4.abs
          profile.stop
        end
        nil
      rescue described_class => e
        @profile = profile
        e
      end
    end

    it "is raised by stop, not in the program" do
      expect(error.message).to include "a test asked for this panic", "please report it", "the error's profile has it"
    end

    it "keeps the profile with what was recorded before" do
      expect(error.profile).to equal(@profile).and be_a(RubyProf::Profile)
      expect(method_names(error.profile)).to include "Integer#to_s"
      expect(method_names(error.profile)).not_to include "Integer#abs"
    end

    it "leaves a profile that is stopped and can be printed" do
      expect(error.profile).not_to be_running
      expect(RubyProf::FlatPrinter.new(error.profile).print(+"").include?("Integer#to_s")).to be true
    end
  end

  it "is raised by the block form too, after the block" do
    profile = failing_profile(2)
    done = false
    expect { quietly { profile.profile { 1.to_s && 2.pred && (done = true) } } }.to raise_error(described_class)
    expect(done).to be true
    expect(profile).not_to be_running
  end

  it "harms no other profile" do
    other = RubyProf::Profile.new.start
    expect { quietly { failing_profile(2).profile { 1.to_s && 2.pred } } }.to raise_error(described_class)
    other.stop
    expect(calls_of(other, "Integer#pred")).to eq 1
  end
end
