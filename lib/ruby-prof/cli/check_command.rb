# frozen_string_literal: true

require "ruby-prof"
require "ruby-prof/cli/words"
require "ruby-prof/cli/report_words"
require "ruby-prof/call_profile"
require "ruby-prof/cli/check/limits"
require "ruby-prof/cli/check/inputs"
require "ruby-prof/cli/check/reports"

module RubyProf
  module CLI
    # `ruby-prof check --baseline FILE CURRENT...`: whether anything is called more often than it was.
    class CheckCommand
      include ReportWords

      TABLE = CallProfile.const_get(:Table)
      # How much is said of what went wrong.
      MESSAGE = 4_000
      private_constant :TABLE, :MESSAGE

      # What ruby-prof exits with if something grew beyond a limit.
      GROWN = 3

      BANNER = <<~TEXT.chomp
        Usage: ruby-prof check --baseline FILE [options] CURRENT...
               ruby-prof check --write FILE CURRENT...

        Compares how often methods of your own code are called, and by whom, with a
        baseline. Times are never looked at: the same program makes the same calls on
        every machine. FILE and CURRENT are profiles that were saved by --save or
        Profile#save, or call profiles (JSON). Several CURRENT are added up.
      TEXT

      NOTES = <<~TEXT.chomp

        Without limits nothing may grow: each is 0 if it is not given. Fewer calls are
        always fine. Methods that are new are judged by --max-new-methods alone, their
        number of calls is no growth. A limit of `any` lets everything pass.

        Patterns are separated by commas: Foo#bar, Foo.bar, Foo, Foo#find_*, /regexp/, a
        path or glob with a slash, gem:NAME, app, gems, stdlib or c. Call profiles have
        names only: which file a method is in is asked of the saved profiles.

        Exit status: 0 fine, 3 beyond a limit, 1 a file cannot be read or compared,
        255 wrong words.

        Examples:
          ruby-prof --save now.rbprof work.rb
          ruby-prof check --write work.json now.rbprof
          ruby-prof check --baseline work.json --max-count-growth 2% now.rbprof
          ruby-prof check --baseline work.json --format junit now.rbprof >check.xml
      TEXT

      def initialize(words)
        @given = words
        @limits = Limits.new(tolerance("0"), 0, 0)
        @format = :text
        @ignore = []
      end

      # @return [Integer] the exit status
      def call
        words = make_words
        catch(:done) do
          files = words.read_all(@given)
          words.usage(OptionParser::MissingArgument.new("--baseline FILE, what to compare with, or --write FILE")) unless @baseline || @written
          words.usage(OptionParser::MissingArgument.new("CURRENT, which profiles are to be checked?")) if files.empty?
          check(files)
        end
      rescue Failure => e
        # Names of files may have anything in them.
        raise Failure.new(TABLE.shown(CallProfile.const_get(:Scope).text(e.message), MESSAGE), status: e.status)
      end

      private

      def make_words
        words = Words.new(BANNER)
        words.heading("Compare with:")
        words.word("--baseline=FILE", "The profile, or call profile, of before") { |path| @baseline = path }
        add_limits(words)
        words.heading("Which methods:")
        words.word("--only=PATTERNS", "These instead of your own code") { |text| (@only ||= []).concat(patterns(words, text)) }
        words.word("--ignore=PATTERNS", "Not these") { |text| @ignore.concat(patterns(words, text)) }
        words.heading("Output:")
        words.word("--format=FORMAT", "text (the default), json, or junit for CI") do |name|
          @format = words.checked(name, CheckReports::FORMATS.join(", ")) { CheckReports::FORMATS.find { |format| format.to_s == name } }
        end
        words.word("--write=FILE", "Write the call profile of CURRENT: a small", "text to keep beside the code") { |path| @written = path }
        add_general_words(words)
        words.separator(NOTES)
        words
      end

      def add_limits(words)
        words.heading("Limits:")
        words.word("--max-count-growth=GROWTH", "Of a method's calls: 2%, 5 (calls) or any") do |text|
          @limits.count_growth = limit(words, text, "2%, a number of calls, or any") { tolerance(text) }
        end
        words.word("--max-new-methods=NUMBER", "Methods that were not called before") do |text|
          @limits.new_methods = limit(words, text, "a number, or any") { whole(text) }
        end
        words.word("--max-new-edges=NUMBER", "New callers of methods that were called", "before") do |text|
          @limits.new_edges = limit(words, text, "a number, or any") { whole(text) }
        end
      end

      def limit(words, text, wanted)
        text == "any" ? nil : yield || words.refuse(text, "it can be #{wanted}")
      end

      def tolerance(text)
        CallProfile.const_get(:Tolerance).limit(whole(text) || text)
      rescue ArgumentError
        nil
      end

      def whole(text)
        Integer(text, 10, exception: false)&.then { |number| number if text.match?(/\A\d+\z/) }
      end

      def patterns(words, text)
        PatternList.parse(text)
      rescue ArgumentError => e
        words.refuse(text, e.message)
      end

      def check(files)
        inputs = CheckInputs.new(only: @only, ignore: @ignore)
        # What is written may be the baseline.
        after, before = inputs.read(files, *([[@baseline]] if @baseline))
        write(after, files) if @written
        before ? compare(before, after, files) : 0
      end

      def compare(before, after, files)
        difference = after.difference(before)
        check_comparable(difference, files)
        result = CheckReports::Result.new(@baseline, files, difference, @limits.judge(difference))
        CheckReports.print(result, @format)
        result.passed? ? 0 : GROWN
      end

      def write(profile, files)
        target = File.expand_path(@written)
        check_different(target, files)
        check_replaceable(target)
        ReportWriter.check_file(target)
        profile.save(target)
        $stderr.puts "ruby-prof: wrote #{TABLE.shown(CallProfile.const_get(:Scope).text(@written), TABLE::LONGEST_PATH)}: " \
                     "#{TABLE.count(profile.names.size, "method")}, #{TABLE.count(profile.called, "call")}"
      rescue SystemCallError => e
        raise Failure, "#{@written} cannot be written: #{ReportWriter.reason(e)}"
      rescue OutputError, ArgumentError => e # ~nobody
        raise Failure, e.message
      end

      # A program whose name was given by mistake stays. A damaged call profile may go.
      def check_replaceable(path)
        return if !File.file?(path) || File.zero?(path)

        document = CallProfile.const_get(:Document)
        return if File.binread(path, 4_096).include?(document::FORMAT)

        raise Failure, "#{@written} is there already, and is no call profile: give another name, or delete it"
      end

      # Without C calls a method that Array#sort calls is its caller's.
      def check_comparable(difference, files)
        return if difference.empty? || !difference.c_calls_differ?

        with, without = difference.after.c_calls? ? [files.join(", "), @baseline] : [@baseline, files.join(", ")]
        raise Failure, "#{with} and #{without} cannot be compared: the second was recorded without C methods " \
                       "(--no-c-calls), which are callers. Record both alike"
      end
    end
  end
end
