# frozen_string_literal: true

module RubyProf
  # TestProf (TEST_RUBY_PROF=1, :rprof) looks for the version of a gem named ruby-prof before it profiles with RubyProf.
  module ForTestProf # :nodoc:
    def self.install
      return unless defined?(::TestProf::RubyProf)

      singleton = ::TestProf::RubyProf.singleton_class
      singleton.prepend(self) unless singleton.include?(self)
    end

    private

    # We are what it looks for, unless that gem is there.
    def check_ruby_prof_version
      # TestProf leaves out TSort's methods, and takes it for loaded.
      require "tsort"
      Gem.loaded_specs.key?("ruby-prof") ? super : true
    end
  end
  private_constant :ForTestProf
end
