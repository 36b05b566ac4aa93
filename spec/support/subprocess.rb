# frozen_string_literal: true

require "open3"
require "rbconfig"

# Ruby in a process of its own, which knows nothing of this one: no Bundler, no RSpec.
module Subprocess
  CLEAN = %w[RUBYOPT RUBYLIB BUNDLE_GEMFILE BUNDLE_BIN_PATH BUNDLER_SETUP BUNDLER_VERSION].to_h { |name| [name, nil] }

  Result = Struct.new(:stdout, :stderr, :status) do
    def success?
      status.success?
    end
  end

  module_function

  # Runs `script` with this library on the load path, or with `library: false` without it.
  def ruby(script, *arguments, env: {}, library: true)
    command = [RbConfig.ruby]
    command += ["-I", File.join(GEM_ROOT, "lib")] if library
    stdout, stderr, status =
      Open3.capture3(CLEAN.merge(env), *command, "-", *arguments, stdin_data: script)
    Result.new(stdout.force_encoding(Encoding::UTF_8), stderr.force_encoding(Encoding::UTF_8), status)
  end

  # The same for a file.
  def ruby_file(path, *arguments, env: {}, library: true)
    ruby("load #{path.dump}", *arguments, env: env, library: library)
  end
end
