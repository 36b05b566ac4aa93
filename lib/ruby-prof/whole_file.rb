# frozen_string_literal: true

module RubyProf
  # Writes a file at once, so that nobody finds half of one, and leaves what is no regular file what it is.
  module WholeFile # :nodoc:
    # Names that lead to something that is open already, which may be a regular file.
    OPEN_ALREADY = %r{\A/(?:dev/(?:std(?:in|out|err)\z|fd/)|proc/)}
    # How to open a file that nobody else has.
    NEW = ::File::WRONLY | ::File::CREAT | ::File::EXCL | ::File::BINARY

    class << self
      # @param path [String] absolute
      # @raise [SystemCallError, IOError]
      def write(path, bytes)
        return append(path, bytes) if special?(path)

        target = File.realdirpath(path)
        fresh = put_beside(target, bytes)
        return overwrite(target, bytes) unless fresh

        replace(fresh, target, bytes)
      end

      # @return [Boolean] whether two names are, or would be, those of one regular file
      def same?(one, other)
        return false if special?(one) || special?(other)

        File.identical?(one, other) || File.realdirpath(one) == File.realdirpath(other)
      rescue SystemCallError
        false
      end

      private

      # A device, a pipe, a directory: nothing to be put in the place of.
      def special?(path)
        (File.exist?(path) && !File.file?(path)) || OPEN_ALREADY.match?(path.b)
      end

      def append(path, bytes)
        File.open(path, "ab") { |file| file.write(bytes) }
      end

      def overwrite(path, bytes)
        File.binwrite(path, bytes)
      end

      # Writes a file of a short name that nobody else has: processes and threads may save to one path at once.
      #
      # @return [String, nil] its name; nil if the directory takes no new file
      def put_beside(target, bytes)
        old = File.stat(target) if File.exist?(target)
        begin
          fresh = File.join(File.dirname(target), ".rp-#{Random.urandom(8).unpack1("H*")}")
          file = File.open(fresh, NEW, old ? 0o600 : 0o666)
        rescue Errno::EEXIST
          retry
        rescue SystemCallError
          return nil
        end
        fill(file, bytes, old)
        fresh
      end

      def fill(file, bytes, old)
        file.write(bytes)
        take_after(file, old) if old
        file.close
      rescue SystemCallError, IOError
        close(file)
        delete(file.path)
        raise
      end

      # Owner, which only root can give away, and mode, which some file systems do not have.
      def take_after(file, old)
        [-> { file.chown(old.uid, old.gid) }, -> { file.chmod(old.mode & 0o7777) }].each do |step|
          step.call
        rescue SystemCallError
          nil
        end
      end

      # Where a name cannot be given anew (a file of somebody else in /tmp, one that is mounted), its content can.
      def replace(fresh, target, bytes)
        File.rename(fresh, target)
      rescue SystemCallError
        delete(fresh)
        overwrite(target, bytes)
      end

      # What is written at the latest here may not find room.
      def close(file)
        file.close
      rescue SystemCallError, IOError
        nil
      end

      def delete(path)
        File.delete(path)
      rescue SystemCallError
        nil
      end
    end
  end
  private_constant :WholeFile
end
