# frozen_string_literal: true

require "ruby-prof/version"

module RubyProf
  # The command `ruby-prof`.
  module CLI
    # A word that cannot be used: the help is shown, and the message.
    class UsageError < StandardError; end

    # What went wrong, in a sentence for the user, and the exit status.
    class Failure < StandardError
      # @return [Integer]
      attr_reader :status

      def initialize(message, status: 1)
        super(message)
        @status = status
      end
    end

    # What ruby-prof exits with after a wrong word (its exit(-1)).
    USAGE_STATUS = 255

    COMMANDS = { "report" => :ReportCommand, "merge" => :MergeCommand, "check" => :CheckCommand }.freeze

    autoload :ReportCommand, "ruby-prof/cli/report_command"
    autoload :MergeCommand, "ruby-prof/cli/merge_command"
    autoload :CheckCommand, "ruby-prof/cli/check_command"
    autoload :RunCommand, "ruby-prof/cli/run_command"

    # Does what the words say. To run a program, this process becomes it.
    #
    # @param words [Array<String>] as ARGV
    # @return [Integer] the exit status
    def self.run(words)
      command = COMMANDS[words.first]
      words = words.drop(1) if command
      const_get(command || :RunCommand).new(words).call
    rescue UsageError => e
      $stderr.puts usage(command, e)
      USAGE_STATUS
    rescue Failure => e
      $stderr.puts "ruby-prof: #{e.message}#{command_meant(words.first) unless command}"
      e.status
    end

    # For check, which ruby-prof did not have, only what is wrong; the whole help elsewhere, as ruby-prof does.
    def self.usage(command, error)
      message = error.cause&.message&.scrub("?") || "there is nothing to run"
      return "#{error.message}\n\nruby-prof: #{message}" unless command == :CheckCommand

      "ruby-prof: #{message.gsub(/[[:cntrl:]]/) { |char| char.dump[1..-2] }}\nSee ruby-prof check --help"
    end

    # A misspelt command is taken for a program.
    def self.command_meant(word)
      return unless word && defined?(DidYouMean::SpellChecker) && !File.exist?(word)

      meant = DidYouMean::SpellChecker.new(dictionary: COMMANDS.keys).correct(word).first
      "\nruby-prof: there is no command #{word} either: did you mean ruby-prof #{meant}?" if meant
    rescue ArgumentError, EncodingError # Bytes that are no text.
      nil
    end
    private_class_method :usage, :command_meant
  end
end
