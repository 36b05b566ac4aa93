# frozen_string_literal: true

module RubyProf
  module Calibration
    # Costs that an earlier process measured on this machine, with this Ruby and this build of ours: a small file for each. Whatever is
    # wrong with files or directories, nothing is raised and nothing said: then costs are measured.
    class Cache # :nodoc:
      # Seconds after which costs are measured anew: a machine may have got another kernel, other neighbours, another frequency.
      LIFE = 7 * 24 * 3_600
      # What was measured on too busy a machine is not kept.
      MOST_SPREAD = 300_000
      # Costs in picoseconds are less than 20 microseconds: a hundred times what they are.
      COST = (0..20_000_000)
      COSTS = 10
      # More than any file of ours has.
      MOST_BYTES = 4_096
      # JSON, but no library for it is needed.
      CONTENT = /\A\{"ruby-prof-rs": "calibration", "key": "([^"\\]*)", "measured_at": (\d{1,12}), "costs": \[([\d, ]+)\]\}\n\z/

      # When costs were measured, in seconds since 1970, and what they are.
      Entry = Struct.new(:measured_at, :costs)

      # @param way [Way]
      def initialize(way)
        return unless (directory = Cache.directory)

        @key = "#{Cache.key}; mode #{way.mode}; operators #{way.operators}; objects #{way.objects}"
        @path = ::File.join(directory, "calibration-#{Cache.number_of(@key)}.json")
      rescue ::StandardError
        @path = nil
      end

      # @return [Entry, nil] nil if there is none that is of use
      def read
        content = @path && own_content
        return unless content && (found = CONTENT.match(content)) && found[1] == @key

        entry = Entry.new(found[2].to_i, found[3].split(", ").map { |number| Integer(number, 10) })
        entry if Cache.sound?(entry.costs) && (0..LIFE).cover?(Cache.now - entry.measured_at)
      rescue ::StandardError
        nil
      end

      # Keeps costs that were measured now, in place of others.
      def write(costs)
        return unless @path && Cache.sound?(costs) && costs.last <= MOST_SPREAD

        Cache.make(::File.dirname(@path))
        # Processes that write at once have files of their own; the last one stays.
        temporary = "#{@path}.#{Process.pid}.#{::Thread.current.object_id}"
        ::File.open(temporary, ::File::WRONLY | ::File::CREAT | ::File::EXCL, 0o600) { |file| file.write(content(costs)) }
        ::File.rename(temporary, @path)
      rescue ::StandardError
        remove(temporary)
      end

      private

      def content(costs)
        %({"ruby-prof-rs": "calibration", "key": "#{@key}", "measured_at": #{Cache.now}, "costs": [#{costs.join(", ")}]}\n)
      end

      # Of a file that is ours and that nobody else can write to.
      def own_content
        ::File.open(@path, ::File::RDONLY | ::File::NOFOLLOW | ::File::NONBLOCK) do |file|
          stat = file.stat
          file.read(MOST_BYTES)&.force_encoding(::Encoding::UTF_8) if stat.file? && stat.owned? && (stat.mode & 0o022).zero?
        end
      end

      def remove(path)
        ::File.unlink(path) if path
      rescue ::StandardError
        nil
      end

      class << self
        # @return [String, nil] where files are; nil if nothing is to be kept
        def directory
          wanted = ENV.fetch("RUBY_PROF_CACHE", "")
          return if wanted == "0"
          return ::File.expand_path(wanted) unless wanted.empty?

          # A path that is not absolute is to be ignored, says the XDG Base Directory Specification.
          base = [ENV.fetch("XDG_CACHE_HOME", ""), home && ::File.join(home, ".cache")].find { |path| path&.start_with?("/") }
          base && ::File.join(base, "ruby-prof-rs")
        end

        # All that costs depend on, as far as it does not change from one minute to the next.
        def key
          parts = [processor, host, RUBY_DESCRIPTION, "jit #{jit?}", "events #{ENV.fetch("RUBY_PROF_EVENTS", "")}", VERSION, build]
          parts.join("; ").gsub(/[^ -~]|["\\]/, "?")
        end

        # FNV-1a: a name for a file needs no library.
        def number_of(text)
          hash = text.each_byte.inject(0xcbf29ce484222325) { |sum, byte| ((sum ^ byte) * 0x100000001b3) & 0xffff_ffff_ffff_ffff }
          format("%016x", hash)
        end

        def sound?(costs)
          costs.size == COSTS && costs.all? { |cost| COST.cover?(cost) } && costs.first(COSTS - 1).any?(&:positive?)
        end

        def now
          Process.clock_gettime(Process::CLOCK_REALTIME, :second)
        end

        # A directory and those above it.
        def make(directory)
          return if ::File.directory?(directory)

          make(::File.dirname(directory))
          ::Dir.mkdir(directory, 0o700)
        rescue ::Errno::EEXIST
          # Another process was first.
        end

        private

        # Some users' homes are not there, and are not to be made.
        def home
          found = ENV.fetch("HOME", "")
          found if ::File.directory?(found)
        end

        # The first lines are enough, and the kernel takes its time for all of many cores.
        def processor
          found = ::File.open("/proc/cpuinfo") { |file| file.readpartial(1_024) }[/^model name\s*:\s*(.*)$/, 1]
          found || RUBY_PLATFORM
        rescue ::SystemCallError, ::IOError
          RUBY_PLATFORM
        end

        # Homes may be shared by machines.
        def host
          ::File.read("/proc/sys/kernel/hostname").strip
        rescue ::SystemCallError, ::IOError
          ENV.fetch("HOSTNAME", "")
        end

        # Code that is compiled later is as fast as this process's, not as that of another.
        def jit?
          defined?(::RubyVM::YJIT) ? ::RubyVM::YJIT.enabled? : false
        end

        def build
          library = $LOADED_FEATURES.reverse_each.find { |path| path.match?(%r{/ruby_prof/ruby_prof\.[a-z]+\z}) }
          stat = ::File.stat(library)
          "#{stat.size} bytes of #{stat.mtime.to_r.to_f}"
        end
      end
    end
    private_constant :Cache
  end
end
