# frozen_string_literal: true

require "fileutils"
require "json"
require "open3"
require "rbconfig"
require "subprocess"
require "tmpdir"

# A directory with the files of a small project.
class Project
  attr_reader :directory

  # @param directory [String]
  # @param files [Hash] text by path
  def initialize(directory, files = {})
    @directory = File.realpath(directory)
    files.each { |path, text| write(path, text) }
  end

  def write(path, text)
    target = path(path)
    FileUtils.mkdir_p(File.dirname(target))
    File.write(target, text)
  end

  def read(path)
    File.read(path(path), encoding: Encoding::UTF_8)
  end

  def path(name)
    File.join(directory, name)
  end

  private

  # Runs a command in it.
  #
  # @return [Subprocess::Result]
  def capture(environment, *command, **options)
    stdout, stderr, status = Open3.capture3(Subprocess::CLEAN.merge(environment), *command, chdir: directory, **options)
    Subprocess::Result.new(*[stdout, stderr].map { |text| text.force_encoding(Encoding::UTF_8) }, status)
  end
end
