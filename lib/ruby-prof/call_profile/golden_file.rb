# frozen_string_literal: true

module RubyProf
  class CallProfile
    # A call profile that is kept beside the tests.
    class GoldenFile # :nodoc:
      BAD_CHARACTERS = /[[:cntrl:]\\:*?"<>|]/
      LONGEST = 200
      FALSE_WORDS = ["", "0", "false", "no", "off"].freeze
      # What this process wrote, by path: the profile, and where the test is.
      @written = {}

      class << self
        attr_reader :written

        # Whether the files are to be written anew.
        def update?
          true?("RUBY_PROF_UPDATE")
        end

        # Whether nobody would keep a new file.
        def ci?
          true?("CI")
        end

        private

        def true?(variable)
          !FALSE_WORDS.include?(ENV.fetch(variable, "").strip.downcase)
        end
      end

      # @return [String] absolute
      attr_reader :path

      # @param name [String, Symbol] in subdirectories if it has slashes; ".json" and the directory may be said too
      # @param directory [String, Pathname]
      # @raise [ArgumentError] for a name that is no file's below the directory
      # @raise [TypeError]
      def initialize(name, directory)
        name = name.to_s if ::Symbol === name
        directory = text(directory)
        name = bare(name, directory) if ::String === name
        check(name)
        @path = File.join(File.expand_path(directory), "#{name}.json")
      end

      # For messages: from the current directory, if it is below that.
      def to_s
        path.delete_prefix(File.join(Dir.pwd, ""))
      rescue SystemCallError
        path
      end

      # What is there, whatever it is: a link that leads nowhere is.
      def exist?
        File.exist?(path) || File.symlink?(path)
      end

      # @return [CallProfile]
      # @raise [FormatError, OutputError]
      def read
        check_kind
        Document.load(path, to_s, advice: "restore it, or write it anew: RUBY_PROF_UPDATE=1")
      rescue SystemCallError => e
        raise FormatError, "#{self} cannot be read: #{e.message[/\A[^@]*[^@ ]/]}"
      end

      # @param place [String] of the test
      # @return [Boolean] whether the file is another now
      # @raise [OutputError]
      def write(profile, place)
        check_kind
        GoldenFile.written[path] = [profile, place]
        return false if unchanged?(profile.to_json)

        make_directory(File.dirname(path))
        profile.save(path)
        true
      rescue SystemCallError => e
        raise OutputError, "the call profile #{self} cannot be written: #{e.message}"
      end

      # @return [String, nil] the place of the test that wrote something else in this process
      def other_writer(profile)
        written, place = GoldenFile.written[path]
        place if written && written != profile
      end

      private

      def text(directory)
        directory = directory.to_path if ::Object === directory && directory.respond_to?(:to_path)
        return directory if ::String === directory

        raise TypeError, "the directory of call profiles is a String or a Pathname, not #{::Kernel.instance_method(:class).bind_call(directory)}"
      end

      # A path that was copied from a message is as good as a name.
      def bare(name, directory)
        name.delete_prefix(File.join(directory, "")).delete_suffix(".json")
      rescue EncodingError, ArgumentError
        name
      end

      # Opening a pipe waits for somebody at its other end.
      def check_kind
        return if !File.exist?(path) || File.file?(path) || File.directory?(path)

        raise FormatError, "#{self} is no regular file (#{File.ftype(path)}): remove it"
      end

      def unchanged?(text)
        File.file?(path) && File.size(path) == text.bytesize && File.binread(path) == text.b
      end

      def make_directory(directory)
        return if File.directory?(directory)

        make_directory(File.dirname(directory))
        begin
          Dir.mkdir(directory)
        rescue Errno::EEXIST
          raise unless File.directory?(directory)
        end
      end

      def check(name)
        raise TypeError, "the name of a call profile is a String or a Symbol, not #{::Kernel.instance_method(:class).bind_call(name)}" unless ::String === name

        reason = fault(name)
        return unless reason

        shown = name.dup.force_encoding(Encoding::UTF_8).scrub("?").inspect
        shown = "#{shown[0, 80]}..." if shown.length > 80
        raise ArgumentError, "#{shown} is no name of a call profile: #{reason}. Give one such as \"job_run\" or \"jobs/run\""
      end

      def fault(name)
        return "it is no text in UTF-8" unless name.encode(Encoding::UTF_8).valid_encoding?
        return "it is empty" if name.strip.empty?
        return "it is absolute" if name.start_with?("/", "~")
        return "it has a character that not every file system takes" if name.match?(BAD_CHARACTERS)

        parts = name.split("/", -1)
        return "it leads elsewhere" if parts.include?("..") || parts.include?(".")
        return "a part of it is empty, or begins or ends with a blank or a dot" if parts.any? { |part| part.match?(/\A[\s.]|[\s.]\z|\A\z/) }

        "a part of it has more than #{LONGEST} bytes" if parts.any? { |part| part.bytesize > LONGEST }
      rescue EncodingError
        "it is no text in UTF-8"
      end
    end
    private_constant :GoldenFile
    HIDDEN.push(GoldenFile)
  end
end
