# frozen_string_literal: true

require "stringio"

module RubyProf
  # What print is called with: the options in either way, and where the report goes - to whatever takes <<, to
  # the file a Pathname names, or into a directory.
  module PrinterArguments
    private

    # The options of one call of print as a Hash with Symbols, whichever way they were given.
    def merge_options(options, keywords)
      return keywords if options.nil?
      # As in ruby-prof 0.x: print(output, min_percent).
      return { min_percent: options }.merge(keywords) if Numeric === options
      raise TypeError, "print takes its options as keywords or a Hash, not #{options.class}" unless options.is_a?(Hash)

      strange = options.keys.find { |name| !name.respond_to?(:to_sym) }
      raise ArgumentError, "the option #{strange.inspect} is no name: options are named by Symbols" if strange

      options.transform_keys(&:to_sym).merge(keywords)
    end

    def check_output(output)
      return if appendable?(output) || writable?(output) || pathname?(output)

      what = NilClass === output ? "nil" : ::Kernel.instance_method(:class).bind_call(output)
      raise TypeError, "a report cannot be written to #{what}: " \
                       "pass an IO, a String, an Array or a Pathname"
    end

    # Numbers and classes have a << that does something else.
    def appendable?(output)
      answers?(output, :<<) && !(Numeric === output) && !(Module === output)
    end

    # What programs put in the place of $stdout need have no other method.
    def writable?(output)
      answers?(output, :write) && !pathname?(output) && !(Module === output)
    end

    def pathname?(output)
      defined?(::Pathname) && ::Pathname === output
    end

    # A BasicObject does not even say that it does not.
    def answers?(output, name)
      output.respond_to?(name)
    rescue NoMethodError
      false
    end

    # Gives << to what has only write.
    Appending = Struct.new(:output) do
      # @return [Appending] self
      def <<(text)
        output.write(text)
        self
      end
    end
    private_constant :Appending

    # What a name of a file looks like, where it is given as the String to append to.
    FILE_NAME = /\A[^\n<>]{1,255}\.(?:txt|html?|dot|out)\z/
    private_constant :FILE_NAME

    # @return [Integer, nil] how many columns the terminal has that is printed to; nil for anything else
    def terminal_width(output)
      output = output.output if Appending === output
      return unless ::IO === output && output.tty?

      # Ruby's own; nobody else needs it.
      require "io/console"
      width = output.winsize.last
      width if width.positive?
    rescue ::IOError, ::SystemCallError, ::LoadError
      nil
    end

    # The first mistake that everybody makes; what was said is done.
    def warn_of_file_name(output)
      return unless ::String === output && FILE_NAME.match?(output)

      warn "#{self.class}: the report is appended to the String #{output.inspect}; to write a file, give Pathname(#{output.inspect})", uplevel: 2
    end

    # Calls the block with @output set. What goes to a file is written at once, at the end.
    def with_output(output)
      @output = if appendable?(output)
                  output
                else
                  writable?(output) ? Appending.new(output) : StringIO.new(+"")
                end
      yield
      write_file(output, @output.string) if StringIO === @output && !@output.equal?(output)
      output
    end

    # @param path [Pathname]
    def write_file(path, text)
      path.binwrite(text)
    rescue SystemCallError => e
      raise OutputError, "the report cannot be written to #{path}: #{e.message}. " \
                         "The profile is kept: print it to another place"
    end

    # The directory `path` as a Pathname.
    def directory(path)
      raise TypeError, "path: #{path.inspect} is no directory: give a String or a Pathname" unless path.respond_to?(:to_path) || path.is_a?(String)

      path = ::Pathname.new(path)
      return path if path.directory?

      raise OutputError, "reports cannot be written to #{path}: #{path.exist? ? "it is no directory" : "there is no such directory"}. " \
                         "The profile is kept: print it to a directory that exists"
    end

    # The options of a printer that writes files; ruby-prof's 2.x took keywords, 1.x a Hash.
    def file_options(options, keywords)
      return merge_options(options, keywords) if options.nil? || options.is_a?(Hash)

      raise ArgumentError, "#{self.class} writes files and cannot print to #{options.class}: " \
                           "say in which directory, print(path: \"...\")"
    end
  end
end
