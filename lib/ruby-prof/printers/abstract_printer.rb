# frozen_string_literal: true

module RubyProf
  # What all printers have in common, and the class to derive a printer of one's own from.
  #
  # A printer of one's own defines print_methods, and may define any other of the methods that
  # {#print} calls, with or without super:
  #
  #   print(output, options)
  #     setup_options(options)
  #     print_threads
  #       print_thread(thread)           for each thread (fiber)
  #         print_header(thread)
  #           print_column_headers
  #         print_methods(thread)
  #         print_footer(thread)
  #
  # They find the profile in @result, the place to print to in @output (anything with <<), the
  # options that were given in @options, and what holds for all in the readers ({#min_percent} and so on).
  #
  #   class Names < RubyProf::AbstractPrinter
  #     def print_methods(thread)
  #       thread.methods.sort.reverse_each { |method| @output << "#{method.total_time} #{method.full_name}\n" }
  #     end
  #   end
  #
  # The printers of this library have their whole report made in Rust (`report`), unless a subclass
  # overrides one of the methods above.
  class AbstractPrinter
    include PrinterArguments
    include PrinterOptions

    # What print calls, and subclasses may define.
    PARTS = %i[print_threads print_thread print_header print_column_headers print_methods print_footer].freeze
    private_constant :PARTS

    # @return [Boolean] whether the report is a directory of files
    def self.needs_dir?
      false
    end

    # @param result [RubyProf::Profile] a profile that was stopped
    # @raise [TypeError] if it is something else
    # @raise [ArgumentError] if it is still running
    def initialize(result)
      unless Profile === result
        raise TypeError, "#{self.class} prints a RubyProf::Profile, not #{::Kernel.instance_method(:class).bind_call(result)}: " \
                         "pass what RubyProf.profile or RubyProf.stop returned"
      end
      raise ArgumentError, "this profile is still running: stop it before printing" if result.running?

      @result = result
      @options = {}
      @output = nil
    end

    # Writes the report. Options are keywords or, as in ruby-prof 1.x, a Hash.
    #
    # @param output [#<<, Pathname] an IO, String or Array to append to, or a file to write
    # @param options [Hash] the same as the keywords
    # @param keywords see the accessors of this class; `title:` heads the report
    # @return output
    # @raise [TypeError, ArgumentError] for an output or option that cannot be used
    # @raise [RubyProf::OutputError] if the file cannot be written
    def print(output = $stdout, options = nil, **keywords)
      output, options = $stdout, output if Hash === output && options.nil?
      check_output(output)
      options = merge_options(options, keywords)
      warn_of_unknown(options)
      warn_of_file_name(output)
      setup_options(options)
      with_output(output) { in_parts? ? print_threads : @output << report }
    end

    # Takes the options of one call of print.
    #
    # @param options [Hash, nil]
    # @return [Hash] what is in @options from then on: only what was given
    # @raise [ArgumentError] for an option's wrong value
    def setup_options(options = nil, **keywords)
      take_options(merge_options(options, keywords))
    end

    # Prints all threads; a table of text only those that {#max_threads} allows.
    #
    # @return [Array<RubyProf::Thread>] those printed
    def print_threads
      shown = threads_to_print
      shown.each { |thread| print_thread(thread) }
      left = @result.threads.size - shown.size
      @output << "Only the #{shown.size} longest running threads and fibers are printed, #{left} are not: max_threads: shows more.\n" if left.positive?
      shown
    end

    # @param thread [RubyProf::Thread]
    def print_thread(thread)
      print_header(thread)
      print_methods(thread)
      print_footer(thread)
    end

    # Prints what was measured, which thread (fiber) it is, and its total; then the titles of the columns.
    #
    # @param thread [RubyProf::Thread]
    def print_header(thread)
      @thread = thread
      @output << part(thread, :header)
      print_column_headers
    end

    # Prints the titles of the columns; nothing unless the printer has some.
    def print_column_headers
      thread = @thread || @result.threads.first
      @output << part(thread, :columns) if text_format && thread
    end

    # Prints what the columns and the names of methods mean.
    #
    # @param thread [RubyProf::Thread]
    def print_footer(thread)
      @output << part(thread, :footer)
    end

    # @return [String] how the time of printing is written, for Time#strftime
    def time_format
      "%A, %B %-d at %l:%M:%S %p (%Z)"
    end

    # @param method [RubyProf::MethodInfo]
    # @return [String, nil] "file:line" of its definition; nil if it is written in C
    def method_location(method)
      "#{method.source_file}:#{method.line}" if method.source_file
    end

    # A name for a method of a thread, for ids and links in a page. No two methods share one unless they share
    # their full name; it holds letters, digits, `_` and `-` only.
    #
    # @param thread [RubyProf::Thread]
    # @param method [RubyProf::MethodInfo]
    # @return [String]
    def method_href(thread, method)
      name = method.full_name.gsub(/[^A-Za-z0-9_]/) { |char| format("-%x-", char.ord) }
      "#{name}_#{thread.fiber_id}"
    end

    # The text of a file in the library's directory of assets, for printers that put theirs there. The pages of
    # this library need none.
    #
    # @param name [String]
    # @return [String]
    # @raise [ArgumentError] if there is no such file
    def open_asset(name)
      path = File.expand_path(File.join("..", "assets", name), __dir__)
      raise ArgumentError, "there is no asset named #{name}: keep the files of a printer of your own beside it" unless File.file?(path)

      File.binread(path)
    end

    private

    # Prints the methods of a thread.
    def print_methods(thread)
      raise NotImplementedError, "#{self.class} does not say what its report is: define print_methods(thread)" unless text_format

      @output << part(thread, :methods)
    end

    # The report whose parts the methods above print; nil for a printer that is no table of text.
    def text_format
      nil
    end

    def part(thread, part)
      Report.render_part(thread, text_format || :flat, part, report_options)
    end

    # A table of text for each of thousands of fibers is of no use to anybody; data may be.
    def threads_to_print
      threads = @result.threads
      limit = text_format ? max_threads : @options[:max_threads]
      return threads if limit.nil? || threads.size <= limit

      longest = threads.each_with_index.max_by(limit) { |thread, place| [thread.total_time, -place] }
      longest.sort_by(&:last).map(&:first)
    end

    # Whether the report is printed part by part: there is no other, or a subclass prints one of them.
    def in_parts?
      return true unless respond_to?(:report, true)

      theirs = PARTS.reject { |name| method(name).owner.equal?(AbstractPrinter) }
      theirs.any? && (!text_format.nil? || theirs.intersect?(%i[print_threads print_thread print_methods]))
    end

    # Whether this is a printer of this library and not a class derived from one.
    def ours?
      name = self.class.name
      place = name && Object.const_source_location(name)&.first
      File.dirname(place.to_s) == File.dirname(__FILE__) && singleton_methods.empty?
    end
  end
end
