# frozen_string_literal: true

require "ruby-prof/whole_file"

# Profiles as files. Their format is told in docs/file-format.md; Marshal.dump and Marshal.load carry
# the same bytes.
module RubyProf
  class Profile
    # docs/file-format.md
    HEADER_LENGTH = 36
    private_constant :HEADER_LENGTH

    # Writes the profile to a file: at once, so that there is never half of one. A file that is there keeps its
    # mode, a symbolic link stays and what it leads to is written; a device or a pipe gets the bytes. Where the
    # directory takes no new file, the old one is written over.
    #
    # @param path [String, Pathname]
    # @return [RubyProf::Profile] self
    # @raise [RubyProf::OutputError] if the file cannot be written
    # @raise [ArgumentError] if the profile is running
    def save(path)
      bytes = _dump_data
      begin
        WholeFile.write(File.expand_path(path), bytes)
      rescue SystemCallError, IOError, ArgumentError => e # ~nobody, a NUL
        raise OutputError, "the profile cannot be saved as #{path}: #{e.message}. It is kept: save it elsewhere"
      end
      self
    end

    # @param file [IO] at its beginning
    # @param head [String] what was read of it already, no more than its header
    # @return [RubyProf::Profile]
    # @raise [RubyProf::FormatError]
    # @raise [NoMemoryError]
    def self.read(file, head = "".b)
      # A file that is none, however long, is not read on.
      head << file.read(HEADER_LENGTH - head.bytesize).to_s if head.bytesize < HEADER_LENGTH
      length = stored_length(head)
      # What the header says may be wrong; one byte more shows whether anything follows.
      rest = file.stat.file? ? file.read([length, file.size].min + 1) : file.read
      of_file(head, rest || "".b)
    end

    private_class_method :together, :read, :stored_length, :of_file
  end

  class << self
    # Reads a profile that #save wrote, in whatever process.
    #
    # @param path [String, Pathname]
    # @return [RubyProf::Profile]
    # @raise [RubyProf::FormatError] if the file is no profile, damaged, or of a later release
    # @raise [SystemCallError] if it cannot be read
    # @raise [NoMemoryError] if there is too little memory for it
    def load(path)
      File.open(path, "rb") { |file| Profile.send(:read, file) }
    rescue FormatError => e
      raise FormatError, "#{path}: #{e.message}"
    end

    # Reads profiles, of several processes for instance, as one. Methods are the same when their
    # names and places of definition are.
    #
    # @param paths [Array<String, Pathname>]
    # @param by [Symbol] which trees become one: :root, those with the same root method; :thread,
    #   those of one thread; :all
    # @return [RubyProf::Profile]
    # @raise [ArgumentError] without paths, for another `by`, or for profiles that measure different things
    # @raise (see .load)
    def merge(*paths, by: :root)
      paths = paths.flatten
      raise ArgumentError, "there is nothing to merge: give the paths of saved profiles" if paths.empty?

      Profile.send(:together, paths.map { |path| load(path) }, by)
    end
  end
end
