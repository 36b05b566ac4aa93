# frozen_string_literal: true

require "rbconfig"

module RubyProf
  module TestRun
    # Whose frames reports on tests leave out: the test framework's, and ours.
    module Framework
      # Files of frameworks, by the directory that their library is in.
      FILES = %r{\A(?<lib>.+/)(?<name>rspec/(?:core|expectations|mocks|support|matchers)|minitest|minitest/test|minitest/spec|diff/lcs)\.rb\z}
      OURS = [File.expand_path("../..", __dir__)].flat_map { |lib| ["#{lib}/ruby-prof/", "#{lib}/ruby-prof.rb"] }.freeze
      # The commands that start tests.
      COMMANDS = %w[rspec minitest].freeze

      module_function

      # @return [Array<String>] how paths of the framework's files begin; looks at what is loaded now
      def own
        found = $LOADED_FEATURES.filter_map do |path|
          next unless (parts = FILES.match(path))

          name = parts[:name][/\A\w+/]
          ["#{parts[:lib]}#{name}/", "#{parts[:lib]}#{name}.rb"]
        end
        program = File.expand_path($PROGRAM_NAME) if COMMANDS.include?(File.basename($PROGRAM_NAME))
        (found.flatten + OURS + [program]).compact.uniq.map { |path| utf8(path) }
      end

      # @param profile [RubyProf::Profile] finished
      # @return [RubyProf::Profile] another one, which begins at the test's own code
      def without(profile)
        TestProfiles.without_framework(profile, own, libraries)
      end

      # @return [Array<String>] the same of libraries that a framework uses
      def libraries
        directories = RbConfig::CONFIG.values_at("rubylibdir", "rubyarchdir", "vendordir", "vendorlibdir", "sitedir").compact
        directories.reject(&:empty?).map { |path| "#{path}/" }.uniq + ["<internal:"]
      end

      def utf8(path)
        path.dup.force_encoding(Encoding::UTF_8).scrub("?")
      end
    end
  end
end
