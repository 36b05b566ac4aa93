# frozen_string_literal: true

require "json"

# The same scripts under ruby-prof 1.4.5 and under this library, each in a process of its own.
RSpec.describe "ruby-prof 1.4.5", stress: false do
  # Loads the installed gem, whatever the load path.
  THEIR_GEM = 'gem "ruby-prof", "1.4.5"'

  def self.reason_to_skip
    found = Subprocess.ruby("#{THEIR_GEM}; require 'ruby-prof'; print RubyProf::VERSION", library: false)
    "the gem ruby-prof 1.4.5 is not installed (Debian 12 has it as the package ruby-prof)" unless found.stdout == "1.4.5"
  end

  reason = reason_to_skip
  before { skip reason } if reason

  # Which ruby-prof has as calls.
  OPERATORS = { "RUBY_PROF_OPERATORS" => "1" }.freeze

  def run(code, ours:, arguments: [])
    result = ruby("#{THEIR_GEM unless ours}\n#{code}", *arguments, library: ours, env: OPERATORS)
    expect(result).to be_success, result.stderr
    result.stdout
  end

  # Every run makes anonymous classes anew.
  def counts(script, ours:)
    child = File.join(SPEC_ROOT, "support/compat_child.rb")
    output = run("load #{child.dump}", ours: ours, arguments: [script])
    JSON.parse(output.gsub(/0x\h+/, "0x..."))
  end

  Dir[File.join(__dir__, "scripts", "*.rb")].sort.each do |script|
    it "counts the same methods, callers and callees in #{File.basename(script)}" do
      theirs = counts(script, ours: false)
      ours = counts(script, ours: true)
      expect([theirs, ours].map { |found| found.delete("version") }).to eq ["1.4.5", RubyProf::VERSION]
      expect(ours).to eq theirs
      expect(ours["threads"].first["methods"].size).to be > 3
    end
  end

  # What is different on purpose: [what, script, theirs, ours].
  [
    [
      "calls while paused are not counted",
      <<~RUBY, "1", "0"
        profile = RubyProf::Profile.new
        profile.start
        1.to_s
        profile.pause
        2.succ
        profile.resume
        3.to_s
        profile.stop
        print profile.threads.first.methods.select { |method| method.full_name == "Integer#succ" }.sum(&:called)
      RUBY
    ],
    [
      "a program on one line has no invented parent",
      <<~RUBY, "true", "false"
        profile = RubyProf::Profile.new
        profile.start; 1.to_s; 2.succ; profile.stop
        print profile.threads.first.methods.any? { |method| method.full_name.include?("_inserted_parent_") }
      RUBY
    ],
    [
      "a profile that is started again keeps what it has",
      <<~RUBY, "1", "2"
        profile = RubyProf::Profile.new
        2.times do
          profile.start
          1.to_s
          profile.stop
        end
        print profile.threads.first.methods.select { |method| method.full_name == "Integer#to_s" }.sum(&:called)
      RUBY
    ],
    [
      "the caller's row of a recursive method has no more than the whole",
      <<~RUBY, "false", "true"
        def down(depth)
          depth.zero? ? sleep(0.001) : down(depth - 1)
        end
        profile = RubyProf::Profile.new
        profile.profile { down(5) }
        down = profile.threads.first.methods.find { |method| method.full_name == "Object#down" }
        print down.call_trees.callers.all? { |edge| edge.total_time <= down.total_time }
      RUBY
    ],
    [
      "an unknown option is an error",
      <<~RUBY, "taken", "unknown keyword: :unknown"
        begin
          RubyProf::Profile.new(unknown: 1)
          print "taken"
        rescue ArgumentError => e
          print e.message[/unknown keyword: :unknown/]
        end
      RUBY
    ],
    [
      "Profile.profile makes an instance of the subclass",
      <<~RUBY, "RubyProf::Profile", "Heir"
        class Heir < RubyProf::Profile; end
        print Heir.profile { 1.to_s }.class
      RUBY
    ]
  ].each do |what, script, theirs, ours|
    it "differs on purpose: #{what}" do
      found = [false, true].map { |library| run("require 'ruby-prof'\n#{script}", ours: library) }
      expect(found).to eq [theirs, ours]
    end
  end
end
