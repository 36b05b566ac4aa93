# frozen_string_literal: true

require "rbconfig"
require "tempfile"

# Ruby in a process of its own with a time limit: what crashes or hangs there only fails an example.
module Isolated
  CHILD = File.join(__dir__, "child.rb")
  QUIET = %w[RUBYOPT RUBYLIB BUNDLE_GEMFILE BUNDLE_BIN_PATH BUNDLER_SETUP BUNDLER_VERSION].to_h { |name| [name, nil] }

  module_function

  # What the script prints and how it ended: its exit status, or the signal that ended it.
  def isolated(script, seconds: 20, env: {})
    Tempfile.create("isolated") do |output|
      command = [RbConfig.ruby, "-W0", "-I", File.join(GEM_ROOT, "lib"), "-r", CHILD, "-e", script]
      child = Process.spawn(QUIET.merge(env), *command, out: output, err: output, pgroup: true)
      status = wait_for(child, seconds)
      [File.read(output.path).strip, status]
    end
  end

  # The same for scripts that must end well; gives what they print.
  def output_of(script, **options)
    output, status = isolated(script, **options)
    raise "ended with #{status}: #{output}" unless status == 0 # rubocop:disable Style/NumericPredicate

    output
  end

  def wait_for(child, seconds)
    deadline = Process.clock_gettime(Process::CLOCK_MONOTONIC) + seconds
    until Process.wait(child, Process::WNOHANG)
      if Process.clock_gettime(Process::CLOCK_MONOTONIC) > deadline
        Process.kill(:KILL, -child)
        Process.wait(child)
        return :too_long
      end
      sleep 0.01
    end
    $?.exitstatus || $?.termsig
  end
end

RSpec.configure { |config| config.include Isolated }
