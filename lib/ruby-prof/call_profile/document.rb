# frozen_string_literal: true

module RubyProf
  class CallProfile
    # Call profiles as text: JSON, sorted, a method or a caller a line.
    module Document # :nodoc:
      FORMAT = "ruby-prof call profile"
      VERSION = 1

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

        # @raise [FormatError]
        def read(bytes, path)
          content = parse(bytes, path)
          refuse(path, "is no call profile: write one with `ruby-prof check --write`") unless Hash === content && content["format"] == FORMAT
          check_version(content["version"], path)
          methods = content["methods"]
          c_calls = content["c_calls"]
          refuse(path, "is damaged: it has no methods") unless Hash === methods
          refuse(path, "is damaged: c_calls is neither true nor false") unless [true, false].include?(c_calls)

          CallProfile.new(methods.flat_map { |name, entry| edges(name, entry, path) }, c_calls: c_calls)
        end

        # @return [Boolean] whether this may be one, and is no saved Profile
        def like?(bytes)
          bytes.b.match?(/\A(?:\xEF\xBB\xBF)?\s*[{<]/n)
        end

        private

        def string(text)
          JSON.generate(text)
        end

        def parse(bytes, path)
          require "json"
          text = bytes.dup.force_encoding(Encoding::UTF_8)
          refuse(path, "is damaged: it is no text in UTF-8") unless text.valid_encoding?
          refuse(path, "has conflicts of a merge: solve them, or write it anew") if text.match?(/^(?:<{7} |>{7} )/)
          JSON.parse(text.delete_prefix("\uFEFF"), max_nesting: 8)
        rescue JSON::ParserError => e
          refuse(path, "is damaged: #{e.message.scrub("?").lines.first.to_s.strip[0, 100]}")
        end

        def check_version(version, path)
          refuse(path, "is damaged: its version is no number") unless Integer === version && version.positive?
          return if version <= VERSION

          refuse(path, "is of a later release (version #{version}, this one reads up to #{VERSION}): update ruby-prof-rs")
        end

        def edges(name, entry, path)
          called, callers = entry.values_at("called", "callers") if Hash === entry
          unless Integer === called && Hash === callers && callers.values.all? { |each| Integer === each && each.positive? }
            refuse(path, "is damaged: #{shown(name)} has no numbers of calls")
          end
          sum = callers.values.sum
          refuse(path, "is damaged: #{shown(name)} is called #{called} times, its callers call it #{sum} times") if sum != called

          callers.map { |caller, count| [name, caller, count] }
        end

        def shown(name)
          name.length > 80 ? "#{name[0, 80]}..." : name
        end

        def refuse(path, reason)
          raise FormatError, "#{path} #{reason}"
        end
      end
    end
    private_constant :Document
  end
end
