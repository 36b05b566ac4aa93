# frozen_string_literal: true

# Opens RubyProf::Testing: the manual clock and the panics on request.
ENV["RUBY_PROF_TESTING"] = "1"
# No example depends on what another process has measured, or leaves anything behind.
ENV["RUBY_PROF_CACHE"] = "0"

SPEC_ROOT = __dir__
GEM_ROOT = File.dirname(SPEC_ROOT)
$LOAD_PATH.unshift(File.join(GEM_ROOT, "lib"), File.join(SPEC_ROOT, "support"))

require "our_warnings"
require "ruby-prof"
require "profiling"
require "subprocess"

RSpec.configure do |config|
  config.disable_monkey_patching!
  config.expect_with(:rspec) { |expectations| expectations.syntax = :expect }
  config.shared_context_metadata_behavior = :apply_to_host_groups
  config.include Profiling
  config.include Subprocess
  Kernel.srand config.seed

  # GC_STRESS=1 collects garbage at every chance: young objects each time, which is where a value that
  # nobody marked is, and all of them after each example. GC_STRESS=full collects all of them each time;
  # that takes seconds an example. Those that work in another process or would take minutes anyway say
  # `stress: false`.
  if (stress = { "1" => 1, "full" => true }[ENV["GC_STRESS"]])
    config.around do |example|
      GC.stress = example.metadata.fetch(:stress, true) && stress
      example.run
    ensure
      GC.stress = false
      GC.start
    end
  end

  # Reports tell when they were printed. Two that are compared are to be of the same second.
  config.before(:each, :one_moment) { allow(Time).to receive(:now).and_return(Time.now) }

  # A profile that an example forgot would be paid for by all later ones.
  config.after do
    if RubyProf.running?
      RubyProf.stop
      raise "this example left RubyProf running"
    end
  end

  config.after(:suite) { OurWarnings.check! }
end
