# frozen_string_literal: true

require "fileutils"
require "open3"

module Bench
  # Builds bench/floor for one Ruby, on demand, into tmp/bench (which git ignores).
  module FloorBuild
    SOURCE = File.expand_path("../floor", __dir__)
    TARGET = File.expand_path("../../tmp/bench", __dir__)

    module_function

    # The directory that holds the extension.
    def call(ruby)
      directory = File.join(TARGET, "floor-#{identity(ruby)}")
      FileUtils.mkdir_p(directory)
      File.open(File.join(directory, "lock"), File::RDWR | File::CREAT) do |lock|
        lock.flock(File::LOCK_EX)
        build(ruby, directory) unless fresh?(directory)
      end
      directory
    end

    def identity(ruby)
      out, = Open3.capture2(ruby, "-e", 'print RUBY_VERSION, "-", RUBY_PLATFORM')
      out
    end

    def fresh?(directory)
      library = Dir[File.join(directory, "floor.{so,bundle}")].first
      library && File.mtime(library) > Dir[File.join(SOURCE, "*")].map { |file| File.mtime(file) }.max
    end

    def build(ruby, directory)
      [[ruby, File.join(SOURCE, "extconf.rb")], ["make"]].each do |command|
        out, status = Open3.capture2e(*command, chdir: directory)
        abort "bench: #{command.join(" ")} failed\n#{out}" unless status.success?
      end
    end
  end
end
