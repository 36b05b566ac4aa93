# frozen_string_literal: true

module RubyProf
  class CallProfile
    # Call profiles as text: JSON, sorted, a method or a caller a line.
    module Document # :nodoc:
      FORMAT = "ruby-prof call profile"
      VERSION = 1
      # Bytes that tell what a file is: no more than a saved profile's header.
      HEAD = 36
      # How much is quoted of what is wrong.
      QUOTED = 80
      WRITE_ANEW = "restore it, or write it anew with `ruby-prof check --write`"

      # A JSON object that says each name once.
      class Unique < ::Hash # :nodoc:
        def []=(name, value)
          raise JSON::ParserError, "#{name.inspect} is in there twice" if key?(name)

          super
        end
      end

      class << self
        def write(profile)
          require "json"
          methods = profile.names.map do |name|
            callers = profile.callers(name).map { |caller, called| "      #{string(caller)}: #{called}" }
            "    #{string(name)}: { \"called\": #{profile.called(name)}, \"callers\": {\n#{callers.join(",\n")}\n    } }"
          end
          <<~JSON
            {
              "format": #{string(FORMAT)},
              "version": #{VERSION},
              "c_calls": #{profile.c_calls?},
              "methods": {#{"\n" if methods.any?}#{methods.join(",\n")}#{"\n  " if methods.any?}}
            }
          JSON
        end

        # @param shown [String] the path in messages
        # @param advice [String] what to do about a damaged file
        # @raise [FormatError]
        # @raise [SystemCallError]
        def load(path, shown = path, advice: WRITE_ANEW)
          File.open(path, "rb") { |file| read(file, file.read(HEAD).to_s, shown, advice: advice) }
        end

        # @param file [IO]
        # @param head [String] what was read of it: something else, however long, is not read on
        # @raise [FormatError]
        def read(file, head, shown, advice: WRITE_ANEW)
          @path = Table.shown(Scope.text(shown.to_s), Table::LONGEST_PATH)
          @advice = advice
          refuse("is damaged, it is empty: #{advice}") if head.empty?
          refuse("is no call profile: write one with `ruby-prof check --write`") unless like?(head)
          of_text(head << file.read.to_s)
        end

        # @return [Boolean] whether this may be one, and is no saved Profile
        def like?(bytes)
          bytes.b.match?(/\A(?:\xEF\xBB\xBF)?\s*(?:[{\[]|<{7} )/n)
        end

        private

        def string(text)
          JSON.generate(text)
        end

        def of_text(bytes)
          content = parse(bytes)
          refuse("is no call profile: write one with `ruby-prof check --write`") unless Hash === content && content["format"] == FORMAT
          check_version(content["version"])
          methods = content["methods"]
          c_calls = content["c_calls"]
          damaged("it has no methods") unless Hash === methods
          damaged("c_calls is neither true nor false") unless [true, false].include?(c_calls)

          CallProfile.new(methods.flat_map { |name, entry| edges(name, entry) }, c_calls: c_calls)
        end

        def parse(bytes)
          require "json"
          text = bytes.force_encoding(Encoding::UTF_8)
          damaged("it is no text in UTF-8") unless text.valid_encoding?
          refuse("has conflicts of a merge: solve them, or write it anew") if text.match?(/^(?:<{7} |>{7} )/)
          JSON.parse(text.delete_prefix("\uFEFF"), max_nesting: 8, object_class: Unique)
        rescue JSON::ParserError => e
          # Some parsers say a line of their own source, and all that follows in the file.
          damaged(e.message.scrub("?").lines.first.to_s.strip.sub(/\A\d+: /, ""))
        end

        def check_version(version)
          damaged("its version is no number") unless Integer === version && version.positive?
          return if version <= VERSION

          refuse("is of a later release (version #{version}, this one reads up to #{VERSION}): update ruby-prof-rs")
        end

        def edges(name, entry)
          called, callers = entry.values_at("called", "callers") if Hash === entry
          unless Integer === called && Hash === callers && callers.values.all? { |each| Integer === each && each.positive? }
            damaged("#{shown(name)} has no numbers of calls")
          end
          sum = callers.values.sum
          damaged("#{shown(name)} is called #{called} times, its callers call it #{sum} times") if sum != called

          callers.map { |caller, count| [name, caller, count] }
        end

        def shown(name)
          Table.shown(name, QUOTED)
        end

        def damaged(reason)
          refuse("is damaged (#{Table.shown(reason, 2 * QUOTED)}): #{@advice}")
        end

        def refuse(reason)
          raise FormatError, "#{@path} #{reason}"
        end
      end
    end
    private_constant :Document
  end
end
