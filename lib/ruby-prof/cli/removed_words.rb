# frozen_string_literal: true

module RubyProf
  module CLI
    # Options of ruby-prof 0.x that scripts still name. They are not in the help.
    module RemovedWords
      private

      def add_removed(words, values)
        words.hidden("-x REGEXP") do |text|
          note("-x", "it is --exclude-pattern=/#{text}/ now")
          add_pattern(words, values, :exclude, as_regexp(text))
        end
        words.hidden("-X FILE") do |path|
          note("-X", "its lines are taken for --exclude-pattern=/.../")
          File.readlines(path, chomp: true).reject(&:empty?).each { |text| add_pattern(words, values, :exclude, as_regexp(text)) }
        rescue SystemCallError => e
          words.refuse(path, e.message)
        end
        words.hidden("-d") { note("-d", "to set $DEBUG in the program, say --ruby=-d") }
        words.hidden("--replace-progname") { note("--replace-progname", "$0 is the script's name always") }
        words.hidden("--exclude-common-cycles") { common("--exclude-common-cycles", values) }
        words.hidden("--exclude-common-callbacks") { common("--exclude-common-callbacks", values) }
        words.hidden("--specialized-instruction") { note("--specialized-instruction", "it has no effect") }
      end

      # In the slashes that patterns have.
      def as_regexp(text)
        "/#{text.gsub(%r{(?<!\\)/}, "\\/")}/"
      end

      def common(word, values)
        note(word, "it is taken for --exclude-common")
        values[:exclude_common] = "1"
      end

      def note(word, advice)
        $stderr.puts "ruby-prof: #{word} is an option of ruby-prof 0.x: #{advice}"
      end
    end
  end
end
