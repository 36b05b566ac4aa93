# frozen_string_literal: true

# What calls cost is looked at again at the beginning and the end of profiles, some time after it was measured.
RSpec.describe "costs looked at again", stress: false do
  # How far samples are from what is known is given; the rest is real. `profile` waits until a look is due.
  def found(script)
    result = ruby(<<~RUBY)
      require "ruby-prof"
      module RubyProf
        Calibration.singleton_class.prepend(Module.new do
          def distances(...) = $distances.size > 1 ? $distances.shift : $distances.first
          def measure(way)
            $measured = $measured.to_i + 1
            costs = super
            $least ? costs.map { |cost| cost / 16 }.tap { |all| all[-1] = 120_000 } : costs
          end
        end)
      end
      $distances = [[0.0, 0.0]]
      def profile(**options)
        sleep 0.26
        RubyProf.profile(**options) { sleep 0.26 }.overhead
      end
      def sum(overhead) = overhead.costs.values.flatten.sum
      known = RubyProf.profile { 5_000.times { |number| number.pred } }.overhead
      #{script}
    RUBY
    expect([result.stderr, result.status.success?]).to eq ["", true]
    eval(result.stdout) # rubocop:disable Security/Eval
  end

  it "are taken as they are if a sample is within their uncertainty" do
    expect(found("$distances = [[0.05, -0.05]]; p(profile.costs == known.costs && $measured == 1)")).to be true
  end

  it "are higher by as much as the machine is slower at both ends, and are still known to be measured" do
    slow = found(<<~RUBY)
      $distances = [[0.5, 0.7]]
      slow = profile
      p [sum(slow) / sum(known), slow.source, $measured]
    RUBY
    expect(slow).to match [be_within(1e-3).of(1.6), :measured, 1]
  end

  it "are more uncertain where the machine is slower at one end only" do
    ratios = found(<<~RUBY)
      share = ->(overhead) { overhead.uncertainty / overhead.subtracted }
      $distances = [[0.0, 0.0], [0.5, 0.7]]
      work = -> { sleep 0.26; 20_000.times { |number| number.pred } }
      sleep 0.26
      one = RubyProf.profile(&work).overhead
      p [sum(one) / sum(known), share[one], share[known]]
    RUBY
    same, uncertainty, before = ratios
    expect(same).to be_within(1e-9).of(1)
    # Half of what is more.
    expect(uncertainty).to be_within(0.02).of(Math.hypot(before, 0.3))
  end

  it "are measured anew where calls cost less, and the lower ones are those of this profile and of later ones" do
    facts = found(<<~RUBY)
      $distances = [[0.0, 0.0], [-0.6, -0.7], [0.0, 0.0]]
      $least = true
      lower = profile
      later = profile
      p [sum(lower) < sum(known) / 2, later.costs == lower.costs, lower.source, $measured]
    RUBY
    expect(facts).to eq [true, true, :measured, 2]
  end

  it "are not measured anew at each look, whatever samples say" do
    facts = found(<<~RUBY)
      $distances = [[-0.6, -0.7]]
      3.times { profile }
      p $measured
    RUBY
    expect(facts).to eq 2
  end

  it "stay where those that are lower are hardly known" do
    facts = found(<<~RUBY)
      RubyProf.send(:const_get, :Calibration).singleton_class.prepend(Module.new { def measure(way) = super.map { |cost| cost / 4 }.tap { |all| all[-1] = 800_000 } })
      $distances = [[-0.6, -0.7]]
      p(profile.costs == known.costs && $measured == 2)
    RUBY
    expect(facts).to be true
  end

  it "stay where they turn out to be no lower, or cannot be measured" do
    facts = found(<<~RUBY)
      $distances = [[0.0, 0.0], [-0.6, -0.7]]
      def RubyProf.const_of_calibration = RubyProf.send(:const_get, :Calibration)
      RubyProf.const_of_calibration.singleton_class.prepend(Module.new { def measure(way) = nil })
      none = profile
      $distances = [nil]
      unseen = profile
      p [none.costs == known.costs, unseen.costs == known.costs]
    RUBY
    expect(facts).to eq [true, true]
  end

  it "are not looked at while another profile runs" do
    facts = found(<<~RUBY)
      $distances = [[0.5, 0.5]]
      outer = RubyProf::Profile.new.start
      inner = profile
      outer.stop
      p [inner.costs == known.costs, outer.overhead.costs == known.costs]
    RUBY
    # The outer one is looked at alone, at its end only.
    expect(facts).to eq [true, true]
  end

  it "are looked at where the block is left by a jump, which arrives" do
    facts = found(<<~RUBY)
      require "timeout"
      $distances = [[-0.6, -0.7]]
      # That jumps end there is said.
      $stderr = File.open(File::NULL, "w")
      looks = []
      leave = ->(**options, &work) { RubyProf::Profile.new(**options).profile { sleep(0.26); work.call } }
      def returning(leave) = leave.call(allow_exceptions: true) { return :returned }
      [true, false].each do |through|
        looks << catch(:out) { leave.call(allow_exceptions: through) { throw :out, :thrown }; :swallowed }
        looks << [1].each { leave.call(allow_exceptions: through) { break } }.class
      end
      looks << returning(leave)
      looks << (Timeout.timeout(0.3) { leave.call(allow_exceptions: true) { sleep } } rescue $!.class)
      looks << (Timeout.timeout(0.001) { RubyProf::Profile.new(measure_mode: RubyProf::PROCESS_TIME, allow_exceptions: true).profile { sleep } } rescue $!.class)
      thread = Thread.new { leave.call(allow_exceptions: true) { Thread.exit } }
      looks << thread.join.status
      looks << leave.call(allow_exceptions: true) { 1 }.overhead.known?
      print looks.inspect.gsub(/Timeout::Error/, ":timeout").gsub("Array", ":array").gsub("NilClass", ":nil")
    RUBY
    expect(facts).to eq [:thrown, :array, :swallowed, :array, :returned, :timeout, :timeout, false, true]
  end

  it "are looked at after operators were counted" do
    facts = found(<<~RUBY)
      marked = RubyProf.profile(operators: true) { 1 + 1 }.overhead
      $distances = [[0.5, 0.5]]
      slow = profile(operators: true)
      p [sum(slow) / sum(marked)]
    RUBY
    expect(facts).to match [be_within(1e-3).of(1.5)]
  end
end
