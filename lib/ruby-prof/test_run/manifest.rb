# frozen_string_literal: true

require "ruby-prof/whole_file"

module RubyProf
  module TestRun
    # The files that a run wrote, so that the next one leaves none of them behind. Only what is named here is ever deleted.
    class Manifest
      NAME = ".run-files"
      # Reports on examples, on what the run named otherwise, and on the whole.
      OURS = %r{\A(?:examples/[\w.-]+|\w[\w.-]*-\h{8}(?:-\d+)?(?:\.\w+)*|run(?:\.\w+)*|index\.html|junit\.xml)\z}

      # @param output [Output]
      # @param run [String] names the run: its processes add to one list
      def initialize(output, run)
        @path = output.path(NAME)
        @output = output
        @run = run
      end

      # Deletes the files of another run, and notes those of this one.
      #
      # @param files [Array<String>] names below the output directory
      def replace(files)
        run, *known = read
        if run == @run
          files |= known
        else
          (known - files).each { |name| delete(name) }
        end
        WholeFile.write(@path, [@run, *files].join("\n"))
      rescue SystemCallError
        nil # Where nothing can be written there is nothing stale, and it was said.
      end

      private

      def read
        File.readlines(@path, chomp: true, encoding: Encoding::UTF_8)
      rescue SystemCallError
        []
      end

      # A directory is that of a printer that writes several files.
      def delete(name)
        return unless OURS.match?(name) && !name.include?("..")

        path = @output.path(name)
        if File.directory?(path) && !File.symlink?(path)
          Dir.children(path).each { |file| File.delete(File.join(path, file)) }
          Dir.rmdir(path)
        else
          File.delete(path)
        end
      rescue SystemCallError
        nil
      end
    end
  end
end
