# frozen_string_literal: true

require "fileutils"
require "tmpdir"

# A gem that builds here may still lack a file, or work only because the tree is around it. So the
# check installs it into an empty place and uses it from a process that knows nothing but that place.
module PackageCheck
  # What a user would do first. It runs in the clean process.
  SCRIPT = <<~'RUBY'
    # By name first: another gem with a file of the same name may be installed for the whole system.
    gem "ruby-prof-rs"
    require "ruby-prof"

    strangers = $LOADED_FEATURES.grep(/ruby[-_]prof/).reject { |path| path.start_with?(ENV.fetch("GEM_HOME")) }
    abort "loaded from outside the installed gem: #{strangers.join(", ")}" unless strangers.empty?

    class Greeter
      def greet = "hello"
    end

    result = RubyProf.profile { 42.times { Greeter.new.greet } }
    method = result.threads.flat_map(&:methods).find { |each| each.full_name == "Greeter#greet" }
    abort "Greeter#greet was called 42 times, reported is #{method&.called.inspect}" unless method&.called == 42

    html = +""
    RubyProf::GraphHtmlPrinter.new(result).print(html)
    abort "the graph report does not name Greeter#greet" unless html.include?("Greeter#greet")

    puts "ruby-prof-rs #{RubyProf::VERSION} on Ruby #{RUBY_VERSION}: counted 42 calls, wrote #{html.bytesize} bytes of HTML"
  RUBY

  # Nothing of Bundler or of the tree may reach the processes we start.
  CLEAN = %w[RUBYOPT RUBYLIB BUNDLE_GEMFILE BUNDLE_BIN_PATH BUNDLER_SETUP BUNDLER_VERSION].to_h { |name| [name, nil] }

  module_function

  def run(gem)
    Dir.mktmpdir("ruby-prof-rs-") do |scratch|
      home = "#{scratch}/gems"
      environment = CLEAN.merge("GEM_HOME" => home, "GEM_PATH" => home)
      install(environment, gem, home)
      use(environment, scratch)
      run_command(environment, scratch, home)
    end
  end

  def install(environment, gem, home)
    ruby(environment, "-S", "gem", "install", "--local", "--no-document", "--install-dir", home, gem)
  end

  def use(environment, scratch)
    File.write("#{scratch}/use.rb", SCRIPT)
    ruby(environment, "use.rb", chdir: scratch)
  end

  # The installed command, which starts a Ruby that knows nothing of the gem.
  def run_command(environment, scratch, home)
    ruby(environment, "#{home}/bin/ruby-prof", "--file=report.txt", "-e", "def greet = 1; greet", chdir: scratch)
    File.read("#{scratch}/report.txt").include?("Object#greet") || abort("the command's report does not name Object#greet")
  end

  def ruby(environment, *arguments, **options)
    system(environment, RbConfig.ruby, *arguments, **options) || abort("failed: ruby #{arguments.join(" ")}")
  end
end

namespace :package do
  gem = "#{ROOT}/pkg/#{GEMSPEC.file_name}"

  desc "Build the gem into pkg/"
  task :build do
    FileUtils.mkdir_p(File.dirname(gem))
    sh PackageCheck::CLEAN, RbConfig.ruby, "-S", "gem", "build", "--output", gem, "ruby-prof-rs.gemspec"
  end

  desc "Build the gem, install it into an empty scratch directory and profile with it there"
  task(check: :build) { PackageCheck.run(gem) }
end
