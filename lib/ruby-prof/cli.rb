# frozen_string_literal: true

require "ruby-prof/version"

module RubyProf
  # The command `ruby-prof`.
  module CLI
    # A word that cannot be used, or none where one is needed. The message may have lines below what is wrong.
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
      command = words.first if COMMANDS.key?(words.first)
      const_get(COMMANDS.fetch(command, :RunCommand)).new(command ? words.drop(1) : words).call
    rescue UsageError => e
      $stderr.puts usage(command, e)
      USAGE_STATUS
    rescue Failure => e
      $stderr.puts "ruby-prof: #{e.message}#{command_meant(words.first) unless command}"
      e.status
    end

    # What is wrong, and where the help is: the whole of it would scroll what is wrong out of sight.
    def self.usage(command, error)
      "ruby-prof: #{error.message}\nSee ruby-prof #{"#{command} " if command}--help"
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
