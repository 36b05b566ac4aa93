# frozen_string_literal: true

module Rack
  class RubyProf
    # Names of files for paths of requests, which strangers choose.
    module FileNames # :nodoc:
      # What remains of a file system's 255 bytes belongs to the printers' endings.
      LONGEST = 150
      STRANGE = /[^A-Za-z0-9_.~%+=@,-]/

      module_function

      # The path that Rack::Request#path gives, without Rack.
      def request_path(env)
        "#{env["SCRIPT_NAME"]}#{env["PATH_INFO"]}".b
      end

      # `/users/1` is `users-1`, as in ruby-prof. A path that cannot be kept in a name is told from its
      # like by a number at the end.
      def stem(path)
        plain = path.b.tr("/", "-")[1..].to_s
        name = plain.gsub(STRANGE, "_").sub(/\A\./, "_")
        return name if name == plain && name.bytesize <= LONGEST

        "#{name.byteslice(0, LONGEST)}-#{digest(path)}"
      end

      # FNV-1a in 64 bits. Not a secret, only different.
      def digest(path)
        hash = path.each_byte.inject(0xcbf29ce484222325) do |sum, byte|
          ((sum ^ byte) * 0x100000001b3) & 0xffffffffffffffff
        end
        format("%016x", hash)
      end
    end
  end
end
