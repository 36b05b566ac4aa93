# frozen_string_literal: true

require "project"

# A small project whose tests run in processes of their own.
class TestProject < Project
  UNSET = %w[RUBY_PROF RUBY_PROF_MODE RUBY_PROF_BOOT RUBY_PROF_OUT RUBY_PROF_ONLY RUBY_PROF_EXCLUDE RUBY_PROF_C_CALLS RUBY_PROF_TOP RUBY_PROF_FORMAT
             RUBY_PROF_RUN CI TEST_ENV_NUMBER PARALLEL_PID_FILE PARALLEL_TEST_GROUPS SPEC_OPTS].to_h { |name| [name, nil] }

  # A program to be tested.
  SHOP = <<~RUBY
    class Shop
      def price(items) = items.sum { |item| tax(item) }
      def tax(item) = item * 2
      def prepare = tidy(1)
      def tidy(left) = left
    end
  RUBY

  def initialize(files = {})
    super(Dir.mktmpdir("ruby-prof-project-"), { "lib/shop.rb" => SHOP }.merge(files))
  end

  # Files below tmp/ruby-prof, without ours that begin with a dot.
  def reports(below = "tmp/ruby-prof")
    Dir.glob("**/*", base: path(below)).select { |name| File.file?(path("#{below}/#{name}")) }.sort
  end

  def json(below = "tmp/ruby-prof")
    JSON.parse(read("#{below}/run.json"))
  end

  def example(description, below = "tmp/ruby-prof")
    json(below)["examples"].find { |row| row["description"] == description }
  end

  def clear
    FileUtils.rm_rf(path("tmp"))
  end

  def rspec(*arguments, env: {}, ruby: [])
    run(env, ["-r./boot", *ruby, "-S", "rspec", "--require", "shop", *arguments])
  end

  def minitest(file, *arguments, env: {}, ruby: [])
    run(env, ["-r./boot", *ruby, "-rshop", file, *arguments])
  end

  def run(env, arguments, command: RbConfig.ruby, **options)
    write("boot.rb", "") unless File.exist?(path("boot.rb"))
    capture(environment.merge(env), command, *arguments, **options)
  end

  # Starts a process and does not wait for it.
  def spawn_rspec(*arguments, env: {})
    write("boot.rb", "") unless File.exist?(path("boot.rb"))
    command = [RbConfig.ruby, "-r./boot", "-S", "rspec", "--require", "shop", *arguments]
    Process.spawn(Subprocess::CLEAN.merge(environment, env), *command, chdir: directory, out: path("out.log"), err: path("err.log"))
  end

  def delete
    FileUtils.remove_entry(directory, true)
  end

  private

  def environment
    UNSET.merge("RUBYLIB" => [File.join(GEM_ROOT, "lib"), path("lib")].join(File::PATH_SEPARATOR), "LANG" => "C.UTF-8", "LC_ALL" => nil)
  end
end
