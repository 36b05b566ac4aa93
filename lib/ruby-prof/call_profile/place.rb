# frozen_string_literal: true

module RubyProf
  class CallProfile
    # Where code is, in words that hold on every machine.
    class Place # :nodoc:
      TEST = "(test)"
      RUBY = "(ruby)"
      TOP_LEVEL = "(top level)"
      ELSEWHERE = "(elsewhere)"

      # What came with some Ruby from 3.0 on: it moves between library and gems from one Ruby to the next.
      FROM_RUBY = %w[
        abbrev base64 benchmark bigdecimal bundler cgi csv date debug delegate did_you_mean digest drb english erb error_highlight
        etc fcntl fiddle fileutils find forwardable getoptlong io-console io-nonblock io-wait ipaddr irb json logger matrix
        monitor mutex_m net-ftp net-http net-imap net-pop net-protocol net-smtp nkf objspace observer open-uri open3
        openssl optparse ostruct pathname power_assert pp prettyprint prime prism pstore psych pty racc rbs rdoc readline
        reline repl_type_completor resolv resolv-replace rexml rinda ripper rss ruby2_keywords rubygems securerandom set
        shellwords singleton socket stringio strscan syntax_suggest syslog tempfile time timeout tmpdir tsort typeprof un
        unicode_normalize uri weakref win32ole yaml zlib
      ].to_h { |name| [name, true] }.freeze

      # Bundler names directories of gems from git with a commit.
      IN_GEM = %r{.*/gems/(?<name>[^/]+?)-(?:\d[^/]*|\h{7,40})/}
      # Debian keeps gems so.
      IN_VENDOR = %r{/(?:vendor_ruby|site_ruby)/(?:\d+\.\d+\.\d+/)?(?<name>[^/]+?)(?:/|\.rb\z)}
      IN_RUBY = %r{\A<internal:|/lib/ruby/\d+\.\d+\.\d+/}
      TEST_FILE = /_(?:spec|test)\.rb\z|\Atest_[^\/]*\.rb\z/
      TEST_DIRECTORIES = %w[spec test].freeze
      # Below these nothing is a test: lib/rack/test/utils.rb.
      PROGRAM_DIRECTORIES = %w[lib app].freeze

      # @return [String, nil] the current directory, with a slash
      def self.here
        File.join(Dir.pwd, "")
      rescue SystemCallError
        nil
      end

      # Where the program was started, or went before it loaded us.
      STARTED = here

      def initialize
        @names = {}
        @here = Place.here
      end

      # @param file [String, nil] where code is, nil for a C function
      # @return [String]
      def of(file)
        @names[file] ||= name(file)
      end

      def test?(file)
        of(file) == TEST
      end

      private

      def name(file)
        return RUBY if file.nil? || IN_RUBY.match?(file.b)

        file = absolute(file)
        gem = gem_of(file)
        return FROM_RUBY[gem] ? RUBY : "(gem #{gem})" if gem
        return RUBY if file.start_with?(*library)

        test_file?(file) ? TEST : ELSEWHERE
      end

      def gem_of(file)
        found = IN_GEM.match(file) || IN_VENDOR.match(file)
        return found[:name] if found

        gem_paths.find { |path, _| file.start_with?(path) }&.last
      end

      # Gems from a path, which are no part of the program: the one that is being worked on is, wherever its tests go.
      def gem_paths
        @gem_paths ||= (defined?(::Gem) ? ::Gem.loaded_specs.values : [])
                       .map { |spec| [File.join(spec.full_gem_path, ""), spec.name] }
                       .reject { |path, _| path == "/" || [@here, STARTED].compact.any? { |directory| directory.start_with?(path) } }
      end

      def library
        @library ||= RbConfig::CONFIG.values_at("rubylibdir", "rubyarchdir").compact.map { |path| File.join(path, "") }
      end

      # By the directories below the current one; files elsewhere by their names.
      def test_file?(file)
        inside = @here && file.start_with?(@here)
        *directories, base = (inside ? file.delete_prefix(@here) : File.basename(file)).split("/")
        first = directories.index { |each| TEST_DIRECTORIES.include?(each) }
        above = first ? directories.take(first) : directories
        (first || TEST_FILE.match?(base.to_s)) && (above & PROGRAM_DIRECTORIES).empty?
      end

      # Not `-e`, `(eval)`: those are no names of files.
      def absolute(file)
        file.b.match?(%r{\A(?:\w|/|\.)}n) ? File.expand_path(file) : file
      rescue SystemCallError, ArgumentError
        file
      end
    end
    private_constant :Place
  end
end
