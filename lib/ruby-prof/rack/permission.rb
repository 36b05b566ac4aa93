# frozen_string_literal: true

module Rack
  class RubyProf
    # Which requests are profiled.
    class Permission # :nodoc:
      # Variables that say where a program runs.
      ENVIRONMENTS = %w[RACK_ENV RAILS_ENV APP_ENV HANAMI_ENV].freeze

      def initialize(options)
        @skip = options[:skip_paths]
        @only = options[:only_paths]
        @test = test(options[:enabled])
        @told = {}.compare_by_identity
      end

      # Raises nothing: the request is none of our business. Yields what is wrong with a pattern or with enabled:,
      # each once.
      def granted?(env, &complain)
        path = FileNames.request_path(env)
        return false if any?(@skip, path, &complain)
        return false unless @only.nil? || any?(@only, path, &complain)

        @test.call(env) ? true : false
      rescue StandardError => e
        once(:enabled) { yield "enabled: failed, and the request is not profiled: #{e.message} (#{e.class})" }
        false
      end

      private

      def any?(patterns, path)
        patterns.any? do |pattern|
          pattern.is_a?(String) ? path.start_with?(pattern.b) : match?(pattern, path)
        rescue StandardError => e # A time limit, for example.
          once(pattern) { yield "#{pattern.inspect} cannot be compared with paths and matches none: #{e.message} (#{e.class})" }
          false
        end
      end

      # Paths are text, but a pattern may look for bytes.
      def match?(pattern, path)
        return pattern.match?(path) if pattern.encoding == Encoding::BINARY

        pattern.match?(path.dup.force_encoding(Encoding::UTF_8).scrub("?"))
      end

      def once(key)
        yield unless @told[key]
        @told[key] = true
      end

      def test(enabled)
        case enabled
        when nil then outside_production
        when true then ->(_env) { true }
        when false then ->(_env) { false }
        when Hash then secret(enabled)
        else
          return enabled if enabled.respond_to?(:call)

          raise ArgumentError, "Rack::RubyProf: enabled: #{enabled.inspect} cannot be used: give true, false, something " \
                               "to call with the env, or { header: or param:, value: }"
        end
      end

      # Where strangers send requests, somebody has to have said that they may be profiled.
      def outside_production
        variable = ENVIRONMENTS.find { |name| ENV[name] == "production" }
        return ->(_env) { true } unless variable

        warn "Rack::RubyProf: profiles nothing, since #{variable} is production and enabled: was not given: enabled: true, " \
             "something to call with the env, or { header: NAME, value: SECRET } says which requests it may profile"
        ->(_env) { false }
      end

      # A name alone would be a switch that anybody may press.
      def secret(enabled)
        value = enabled[:value]
        if enabled.keys.sort == %i[header value] && text?(value)
          key = "HTTP_#{enabled[:header].to_s.upcase.tr("-", "_")}"
          ->(env) { same?(env[key], value) }
        elsif enabled.keys.sort == %i[param value] && text?(value)
          ->(env) { same?(query(env, enabled[:param].to_s), value) }
        else
          raise ArgumentError, "Rack::RubyProf: enabled: takes { header: NAME, value: SECRET } or { param: NAME, value: SECRET }, " \
                               "and the secret is a String that is not empty"
        end
      end

      def text?(value)
        value.is_a?(String) && !value.empty?
      end

      def query(env, name)
        env["QUERY_STRING"].to_s.b.split("&").each do |pair|
          key, value = pair.split("=", 2).map { |part| unescape(part) }
          return value if key == name.b
        end
        nil
      end

      def unescape(text)
        text.tr("+", " ").gsub(/%(\h\h)/) { $1.hex.chr }
      end

      # Takes as long whatever the first difference is.
      def same?(given, wanted)
        return false if given.nil? || given.bytesize != wanted.bytesize

        given.bytes.zip(wanted.bytes).inject(0) { |sum, (left, right)| sum | (left ^ right) }.zero?
      end
    end
  end
end
