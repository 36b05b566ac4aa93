# frozen_string_literal: true

require "fileutils"
require "tmpdir"

module Rack
  class RubyProf
    # Writes a profile by all printers, each file at once: requests at the same time do not mix.
    class Reports # :nodoc:
      def initialize(options)
        @directory = options[:path]
        @printers = options[:printers]
        @printer_options = options.printer_options
      end

      # Yields a message for each report that could not be written.
      def add(profile, stem)
        FileUtils.mkdir_p(@directory)
        @printers.each do |printer, ending|
          write(printer.new(profile), stem, ending.respond_to?(:call) ? ending.call : ending)
        rescue StandardError, NotImplementedError => e
          yield "#{printer} could not write its report on #{stem}: #{e.message} (#{e.class})"
        end
      end

      def flush; end

      private

      def write(printer, stem, ending)
        # In the same file system, so that it can be renamed, and for us alone until then.
        Dir.mktmpdir(".ruby-prof-", @directory) do |scratch|
          if printer.class.respond_to?(:needs_dir?) && printer.class.needs_dir?
            write_files(printer, stem, scratch)
          else
            write_file(printer, "#{scratch}/report", "#{stem}-#{ending}")
          end
        end
      end

      def write_file(printer, path, name)
        ::File.open(path, "wb") { |file| printer.print(file, **@printer_options) }
        ::File.rename(path, ::File.join(@directory, name))
      end

      # A printer that names its files itself: with the request's name in front, if it asks for one, or else at
      # the end, since KCachegrind knows its files by how they begin.
      def write_files(printer, stem, scratch)
        printer.print(path: scratch, profile: stem, **@printer_options)
        Dir.children(scratch).each do |name|
          target = stem.empty? || name.start_with?(stem) ? name : "#{name}.#{stem}"
          ::File.rename(::File.join(scratch, name), ::File.join(@directory, target))
        end
      end
    end
  end
end
