# frozen_string_literal: true

require "pathname"

module RubyProf
  # Files in the format of callgrind, for KCachegrind, QCachegrind and callgrind_annotate; one for each fiber.
  #
  #   RubyProf::CallTreePrinter.new(result).print(path: "tmp")
  #
  # The fiber that prints is in callgrind.out.PID (or the first one, if that one has no file), the others are in
  # callgrind.out.PID.FIBERID. Of more than `max_threads` fibers the longest running have a file each, and
  # callgrind.out.PID.others has all others together. Values are integers: nanoseconds, objects or bytes.
  #
  # The files have all methods: limits of other reports do not apply, since the programs that read this have their own.
  class CallTreePrinter < AbstractPrinter
    # @return [Boolean] true: the report is files
    def self.needs_dir?
      true
    end

    # Writes the files, and deletes older ones of this process in the same place.
    #
    # @param options [Hash] the same as the keywords
    # @option keywords [String, Pathname] :path a directory that exists; default: the current one
    # @option keywords [Integer] :max_threads how many fibers get a file of their own, default 50
    # @option keywords [String] :title goes into the files' descriptions
    # @return [Array<String>] the paths of the files; empty for a profile that recorded nothing
    # @raise [ArgumentError] for an IO or an option that cannot be used
    # @raise [RubyProf::OutputError] if there is no such directory or it cannot be written to
    def print(options = nil, **keywords)
      options = file_options(options, keywords)
      warn_of_unknown(options)
      setup_options(options)
      path = directory(@options[:path] || ".")
      fibers = @result.threads.map(&:fiber_id)
      names = Hash.new(0)
      written = []
      Report.call_trees(@result, file_report_options) do |place, text|
        written << path.join(unique(file_name(place, fibers), names))
        write_file(written.last, text)
      end
      name_main(path, written)
      delete_older(path, written)
      written.map(&:to_s)
    end

    private

    def file_report_options
      report_options.merge(process_id: Process.pid, application: as_text($PROGRAM_NAME.dup))
    end

    # Fibers of merged profiles may have the same id.
    def unique(name, names)
      count = names[name] += 1
      count == 1 ? name : "#{name}.#{count}"
    end

    def main_name
      "callgrind.out.#{Process.pid}"
    end

    def file_name(place, fibers)
      return "#{main_name}.others" unless place

      fiber = fibers[place]
      fiber == ::Fiber.current.object_id ? main_name : "#{main_name}.#{fiber || place}"
    end

    # If the fiber that prints has no file, the first one goes without a number.
    def name_main(path, written)
      main = path.join(main_name)
      return if written.empty? || written.include?(main)

      written[0] = written.first.rename(main) && main
    rescue SystemCallError => e
      raise OutputError, "#{written.first} cannot be renamed to #{main}: #{e.message}"
    end

    def delete_older(path, written)
      ours = /\Acallgrind\.out\.#{Process.pid}(\.(\d+|others)(\.\d+)?)?\z/
      path.children.each { |file| file.delete if ours.match?(file.basename.to_s.b) && !written.include?(file) }
    rescue SystemCallError => e
      raise OutputError, "older files cannot be deleted from #{path}: #{e.message}. The new ones are written"
    end
  end
end
