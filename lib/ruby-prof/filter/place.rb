# frozen_string_literal: true

module RubyProf
  class Filter
    # Code by where it lives: the program's own, gems', Ruby's.
    class Place # :nodoc:
      class << self
        # Below the current directory, beside the script, or given to ruby itself (-e, stdin, eval), and
        # in no gem.
        def app
          new([*here, *script_directory], except: [*gem_roots, *here&.+("vendor/bundle")], names: /\A(?:-e|-|\(eval)/)
        end

        def gems
          new(gem_roots, names: %r{/gems/[^/]+-\d[^/]*/})
        end

        def stdlib
          config = RbConfig::CONFIG
          new(config.values_at("rubylibdir", "rubyarchdir").compact, except: gem_roots, names: /\A<internal:/)
        end

        # @raise [ArgumentError] for a gem that is not there
        def gem(name)
          roots = specs(name).flat_map { |spec| spec_roots(spec) }.uniq
          raise ArgumentError, "the gem #{name.inspect} is not installed: its methods cannot be told from others" if roots.empty?

          new(roots, names: %r{/gems/#{Regexp.escape(name)}-\d[^/]*/})
        end

        private

        # Bundler hides the gems that a project does not name, Ruby's own among them.
        def specs(name)
          return [] unless defined?(::Gem)

          known = [*::Gem.loaded_specs[name], *::Gem::Specification.find_all_by_name(name)]
          return known if known.any?

          directories = [::Gem.default_specifications_dir, *::Gem.path.map { |path| File.join(path, "specifications") }]
          files = directories.flat_map { |directory| Dir.glob("*.gemspec", base: directory).map { |file| File.join(directory, file) } }
          files.grep(%r{/#{Regexp.escape(name)}-\d[^/]*\z}).filter_map { |file| ::Gem::Specification.load(file) }
        end

        # The current directory, with a slash; nil if it is gone.
        def here
          File.join(Dir.pwd, "")
        rescue SystemCallError
          nil
        end

        # A program in a directory of programs says nothing about what lies beside it.
        def script_directory
          return unless File.file?($PROGRAM_NAME)

          directory = File.dirname(File.realpath($PROGRAM_NAME))
          directory unless %w[bin exe sbin].include?(File.basename(directory))
        end

        # The files of a gem that comes with Ruby, or with a distribution, may lie among others.
        def spec_roots(spec)
          own = File.join(spec.full_gem_path, "")
          directories = [*spec.full_require_paths, *RbConfig::CONFIG.values_at("rubylibdir", "vendordir")]
          others = directories.reject { |directory| directory.start_with?(own) }
          names = spec.files.grep(/\.rb\z/).map { |file| file.delete_prefix("lib/") }
          [own, *others.product(names).map { |pair| File.join(pair) }.select { |file| File.file?(file) }]
        end

        # But for a gem that is worked on: its code is the program's own.
        def gem_roots
          roots = RbConfig::CONFIG.values_at("vendordir", "sitedir")
          roots += ::Gem.path.map { |path| File.join(path, "gems") } + ::Gem.loaded_specs.values.map(&:full_gem_path) if defined?(::Gem)
          roots.compact.map { |root| File.join(root, "") }.uniq.reject { |root| here&.start_with?(root) }
        end
      end

      # @param roots [Array<String>] directories, or files
      # @param except [Array<String>] directories below them that are not meant
      # @param names [Regexp] files that are meant wherever they are
      def initialize(roots, names:, except: [])
        @roots = roots.map { |root| File.directory?(root) ? File.join(root, "") : root }
        @except = except.map { |root| File.join(root, "") }
        @names = names
      end

      def match?(method)
        file = method.file
        return false unless file
        return true if @names.match?(file)

        file.start_with?(*@roots) && !(@except.any? && file.start_with?(*@except))
      end
    end
    private_constant :Place
  end
end
