# frozen_string_literal: true

require "ruby-prof/printer_kind"
require "ruby-prof/auto/settings"

module RubyProf
  module CLI
    # The options that say what a report looks like. They end in the Hash that the environment variables of
    # auto.rb are made from.
    module ReportWords
      private

      def add_printer(words, values)
        words.word("-p", "--printer=PRINTER", *printer_lines) do |name|
          words.checked(name, PrinterKind.names) { PrinterKind.named(name) }
          note_old_printer(name)
          values[:printer] = name
        end
      end

      def add_report_words(words, values)
        add_printer(words, values)
        words.word("-f", "--file=PATH", "Write the report there: to a file or,", "for call_tree and multi, a directory") do |path|
          values[:file] = path
        end
        words.word("-m", "--min_percent=NUMBER", "Leave out methods with less than this", "share of the time") do |text|
          values[:min_percent] = words.checked(text, "a number from 0") { (number = Float(text, exception: false)) && number.finite? && number >= 0 && text }
        end
        words.word("-s", "--sort=COLUMN", "total, self, wait or child; most", "printers sort by total, flat by self") do |name|
          values[:sort] = words.checked(name, "total, self, wait, child") { Auto::Settings::SORTS[name.delete_suffix("_time")] && name }
        end
        add_columns(words, values)
      end

      def add_columns(words, values)
        words.word("--ledger", "Add columns: running, GVL wait, blocked, GC") { values[:ledger] = "1" }
        words.word("--gc", "Add the time of the garbage collector") { values[:gc] = "1" }
        words.word("--overhead", "Add the profiler's share of self times") { values[:overhead] = "1" }
        words.word("--gc-nodes", "Show the garbage collector as a method", "wherever it worked") { values[:gc_nodes] = "1" }
        words.word("--[no-]compensate", "Take the profiler's own time off all times", "(default), or show what was measured") { |yes| values[:compensate] = yes ? "1" : "0" }
      end

      def add_general_words(words)
        words.word("-h", "--help", "Show this help") { throw :done, puts_and_succeed(words.help) }
        words.word("-v", "--version", "Show the version") { throw :done, puts_and_succeed("ruby-prof #{VERSION}") }
      end

      def puts_and_succeed(text)
        $stdout.puts text
        0
      end

      def printer_lines
        width = PrinterKind::ALL.map { |kind| kind.name.length }.max
        PrinterKind::ALL.map { |kind| "#{kind.name.ljust(width)}  #{kind.about}" }
      end

      def note_old_printer(name)
        return unless name == "flat_with_line_numbers"

        $stderr.puts "ruby-prof: the printer flat_with_line_numbers is called flat now: it always shows lines"
      end

      # @param inputs [Array<String>] the files that are read
      # @yield [Hash] options for Profile.new, to say what of them is the printer's here
      # @return [ReportWriter]
      # @raise [Failure] if the report could not be written
      def report_writer(values, inputs)
        environment = values.to_h { |name, value| [Auto::Settings::NAMES.fetch(name), value] }
        settings = Auto::Settings.new(environment)
        check_different(settings.report_path(Process.pid), inputs)
        # It is no report on this program.
        options = { **yield(settings.profile_options), application: shown_files(inputs) }
        writer = settings.writer(Process.pid, more_options: options)
        writer.check!
        writer
      rescue OutputError => e
        raise Failure, e.message
      end

      def shown_files(paths)
        names = paths.first(3).map { |path| path.dup.force_encoding(Encoding::UTF_8).scrub("?") }
        "#{names.join(", ")}#{" and #{paths.length - 3} more" if paths.length > 3}"
      end

      def check_different(path, inputs)
        same = path && inputs.find { |input| ReportWriter.same_file?(path, input) }
        raise OutputError, "cannot write to #{path}: it is the profile #{same} itself: give the report another name" if same
      end

      # @return [RubyProf::Profile] one for all files
      def load_profiles(paths)
        paths.length == 1 ? RubyProf.load(paths.first) : RubyProf.merge(paths)
      rescue Error, SystemCallError, ArgumentError => e # Profiles that measure different things.
        raise Failure, e.message
      end
    end
  end
end
