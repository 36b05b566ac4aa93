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
      $stderr.puts "#{e.message}\n\nruby-prof: #{e.cause&.message&.scrub("?") || "there is nothing to run"}"
      USAGE_STATUS
    rescue Failure => e
      $stderr.puts "ruby-prof: #{e.message}"
      e.status
    end
  end
end
