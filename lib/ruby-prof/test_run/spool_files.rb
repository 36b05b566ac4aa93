# frozen_string_literal: true

module RubyProf
  module TestRun
    # Files without names that bytes are put into one after the other. Where one takes no more, another directory may.
    class SpoolFiles
      # @param directories [Array<String, nil>] to be tried in this order
      def initialize(directories = [ENV["TMPDIR"], "/tmp", Dir.pwd])
        @directories = directories.reject { |directory| directory.nil? || directory.empty? }.uniq
        @files = []
        @open = false
        @end = 0
      end

      # @return [Array(Integer, Integer, Integer)] where the bytes are: file, offset, size
      # @raise [SystemCallError] if no directory has room
      def add(bytes)
        raise @problem || Errno::ENOSPC if @directories.empty?

        open_next unless @open
        place = [@files.length - 1, @end, bytes.bytesize]
        write(bytes)
        place
      rescue SystemCallError => e
        # One file that may not become larger says nothing about the directory.
        @directories.shift unless e.is_a?(Errno::EFBIG) && @end.positive?
        @open = false
        @end = 0
        @problem = e
        @directories.empty? ? raise : retry
      end

      # @return [String] the bytes at a place
      def read(place)
        file, offset, size = place
        bytes = String.new(capacity: size)
        while bytes.bytesize < size
          bytes << @files[file].pread(size - bytes.bytesize, offset + bytes.bytesize)
        end
        bytes
      end

      def close
        @files.each { |file| close_one(file) }
        @files.clear
      end

      private

      # Past Ruby's buffer, which may not find room later.
      def write(bytes)
        FileLimit.as_error do
          written = 0
          written += @files.last.pwrite(bytes.byteslice(written..), @end + written) while written < bytes.bytesize
        end
        @end += bytes.bytesize
      end

      # For this process alone, and gone when it ends, however it ends.
      def open_next
        path = File.join(@directories.first, "ruby-prof.#{Process.pid}.#{Random.urandom(8).unpack1("H*")}")
        file = File.open(path, File::RDWR | File::CREAT | File::EXCL | File::BINARY, 0o600)
        File.delete(path)
        @files << file
        @open = true
      end

      def close_one(file)
        file.close
      rescue SystemCallError, IOError
        nil
      end
    end
  end
end
