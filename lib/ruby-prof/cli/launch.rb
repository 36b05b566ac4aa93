# frozen_string_literal: true

require "rbconfig"
require "ruby-prof/auto/outputs"
require "ruby-prof/auto/settings"

module RubyProf
  module CLI
    # Turns this process into the program that is to be profiled. Ruby itself runs it, so that `$0`, DATA, `__FILE__`,
    # errors, signals and the exit status need no imitation; lib/ruby-prof/auto.rb records it.
    class Launch
      # Directories that every Ruby looks in.
      STANDARD = %w[rubylibdir rubyarchdir sitedir sitelibdir sitearchdir vendordir vendorlibdir vendorarchdir]
                 .map { |name| RbConfig::CONFIG[name] }.freeze

      # The exit statuses of a shell.
      NOT_FOUND = 127
      NOT_EXECUTABLE = 126

      # @param values [Hash] of Auto::Settings::NAMES
      # @param ruby_options [Array<String>] for the program's Ruby
      def initialize(values, ruby_options: [])
        @values = values
        @unusable = strange_mode? ? [:measure_mode] : []
        @ruby_options = ruby_options
      end

      # Runs a file, or what comes from stdin for "-".
      def script(path, arguments)
        check_script(path) unless path == "-"
        check_output(path)
        start_ruby(path, *arguments)
      end

      def code(text, arguments)
        check_output
        start_ruby("-e", text, "--", *arguments)
      end

      # Runs anything that is found as the shell finds it. The Ruby programs in there are profiled.
      def command(words)
        name, *arguments = words
        path = find(name)
        # ruby-prof took `--` for the end of its options.
        return script(name, arguments) if path.nil? && File.file?(name)

        fail_not_found(name) if path.nil?
        warn_of_stranger(name, path)
        check_output(path)
        start(environment.merge(command_environment), [path, name], *arguments)
      end

      private

      # As RubyProf.figure_measure_mode sees it, which this process has loaded too.
      def strange_mode?
        name = ENV.fetch(Auto::Settings::NAMES[:measure_mode], "")
        !name.empty? && !RubyProf.const_get(:MEASURE_MODE_NAMES).key?(name.b.downcase)
      end

      def start_ruby(*words)
        start(environment.merge(Auto::Settings::NAMES[:one_program] => "1"), [RbConfig.ruby, RbConfig.ruby],
              *inherited_options, *@ruby_options, "-rruby-prof/auto", *words)
      end

      def start(environment, program, *words)
        $stdout.flush
        $stderr.flush
        exec(environment, program, *words)
      rescue SystemCallError => e
        raise Failure.new("cannot run #{program.last}: #{e.message}", status: NOT_EXECUTABLE)
      end

      # What was not understood has been said, and is not handed on.
      def environment
        values = @unusable.to_h { |name| [name, nil] }.merge(@values)
        values.transform_keys { |name| Auto::Settings::NAMES.fetch(name) }
      end

      # In here, Ruby is found by RUBYOPT, and the first process by its number, which exec keeps.
      def command_environment
        {
          "RUBYOPT" => [ENV["RUBYOPT"], *@ruby_options, "-rruby-prof/auto"].compact.join(" ").strip,
          "RUBYLIB" => [*own_directories, ENV["RUBYLIB"]].compact.reject(&:empty?).join(File::PATH_SEPARATOR),
          Auto::Settings::NAMES[:main_pid] => Process.pid.to_s
        }
      end

      # What this Ruby was started with, so that `ruby -w -Ilib -S ruby-prof work.rb` does what it says.
      def inherited_options
        options = load_path.flat_map { |directory| ["-I", directory] }
        options << { nil => "-W0", true => "-w" }[$VERBOSE] unless $VERBOSE == false
        options << "-d" if $DEBUG
        options << "--yjit" if defined?(RubyVM::YJIT) && RubyVM::YJIT.enabled?
        options
      end

      def load_path
        ($LOAD_PATH.map { |directory| File.expand_path(directory) } - STANDARD).union(own_directories)
      end

      # Where our Ruby files and the compiled library are: with RubyGems, two places.
      def own_directories
        library = $LOADED_FEATURES.grep(%r{/ruby_prof/(?:[\d.]+/)?ruby_prof\.\w+\z}).last
        compiled = library&.sub(%r{/ruby_prof/(?:[\d.]+/)?ruby_prof\.\w+\z}, "")
        [File.expand_path("../..", __dir__), compiled].compact.uniq
      end

      # @param program [String, nil] what the output must not be
      def check_output(program = nil)
        settings = Auto::Settings.new(ENV.to_h.merge(environment))
        @unusable |= settings.unusable
        Auto::Outputs.new(settings, Process.pid, program: program).check!
      rescue OutputError => e
        raise Failure, e.message
      end

      def check_script(path)
        return File.open(path, &:itself) && nil if File.exist?(path) && !File.directory?(path)

        reason = File.directory?(path) ? "Is a directory" : "No such file or directory"
        hint = "\nruby-prof: to run the command of that name: ruby-prof -- #{path}" if find(path) && !path.include?("/")
        raise Failure, "#{reason} -- #{path} (LoadError)#{hint}"
      rescue SystemCallError => e
        raise Failure, "#{e.message.sub(/ @ .*/m, "")} -- #{path} (LoadError)"
      end

      def find(name)
        return (name if File.file?(name) && File.executable?(name)) if name.include?("/")

        ENV.fetch("PATH", "").split(File::PATH_SEPARATOR).each do |directory|
          path = File.join(directory.empty? ? "." : directory, name)
          return path if File.file?(path) && File.executable?(path)
        end
        nil
      end

      def fail_not_found(name)
        raise Failure.new("#{name}: Permission denied", status: NOT_EXECUTABLE) if name.include?("/") && File.exist?(name)

        raise Failure.new("#{name}: command not found", status: NOT_FOUND)
      end

      # Not an error: a shell script may well start Ruby.
      def warn_of_stranger(name, path)
        return if ruby?(path)

        $stderr.puts "ruby-prof: #{name} is no Ruby program; the Ruby programs that it starts are profiled"
      end

      def ruby?(path)
        return true if File.basename(path).start_with?("ruby", "jruby", "truffleruby")

        first = File.open(path, "rb") { |file| file.read(512) }.to_s
        # RubyGems' wrappers begin as shell scripts on some systems.
        first.start_with?("#!") && first.include?("ruby")
      rescue SystemCallError
        true
      end
    end
  end
end
