# frozen_string_literal: true

require "ruby-prof"

module Rack
  # Profiles the requests of a Rack application, and writes reports on each into a directory.
  #
  #   use Rack::RubyProf, path: "tmp/profile"
  #   use Rack::RubyProf, path: "tmp/profile", request_thread_only: true, only_paths: [%r{\A/api/}],
  #                       enabled: { header: "X-Ruby-Prof", value: ENV.fetch("RUBY_PROF_SECRET") }
  #   use Rack::RubyProf, path: "tmp/profile", request_thread_only: true, aggregate: 100
  #
  # A configuration written for ruby-prof does what it did: every request is profiled, but for those of
  # `skip_paths`. Not so in production (RACK_ENV, RAILS_ENV or APP_ENV says so), where strangers send requests and
  # profiling makes each several times slower: there `enabled:` has to say which requests it may profile.
  #
  # What the application returns or raises reaches the server untouched; a report that cannot be written is a
  # line in rack.errors. The body is not read: what it computes in `each` is not profiled.
  #
  # Reports are named after the request's path, `/` as `-`, and replace those of the request before, whole: a
  # reader never sees half of one. Characters that could lead elsewhere become `_`.
  class RubyProf
    require "ruby-prof/rack/options"
    require "ruby-prof/rack/file_names"
    require "ruby-prof/rack/permission"
    require "ruby-prof/rack/reports"
    require "ruby-prof/rack/aggregation"

    # Options are keywords or, as in ruby-prof 1.x, a Hash.
    #
    # @param app [#call] the application
    # @param path [String, Pathname] directory of the reports, made if needed; default: the system's for
    #   temporary files
    # @param printers [Hash{Class => String, #call}] printers, and how the names of their files end;
    #   default: flat.txt, graph.txt, graph.html, call_stack.html
    # @param skip_paths [Array<Regexp, String>] requests to leave alone, Strings being beginnings;
    #   default: /assets, and styles, scripts and images
    # @param only_paths [Array<Regexp, String>] the only requests to profile
    # @param enabled [nil, Boolean, #call, Hash] which requests may be profiled. nil: all, as in ruby-prof, but none in
    #   production. A callable
    #   gets the env. A Hash names a `header:` or a `param:` of the query and the `value:` it has to have
    # @param aggregate [Integer] one report for so many requests; what is left is written when the process ends
    # @param aggregate_by [Symbol] :path, a report for each path (the default), or :all
    # @param request_thread_only [Boolean] record the request's thread only; false, as in ruby-prof: all threads
    # @param ignore_existing_threads [Boolean] record this thread and those it starts
    # @param merge_fibers [Boolean] one thread in the report for all with equal roots
    # @param measure_mode [Integer] RubyProf::WALL_TIME and so on
    # @param track_allocations [Boolean] count objects by method, line and class
    # @param exclude_common [Boolean] leave out each, map, times and their like
    # @param exclude [Array] patterns of methods to leave out, as for Profile.new
    # @param only [Array] patterns of the only methods to record
    # @param min_percent [Numeric] for the printers; default: 1
    # @param sort_method [Symbol] for the printers; default: :total_time
    # @raise [ArgumentError, TypeError] for an option that is unknown or cannot be used
    def initialize(app, options = nil, **keywords)
      @app = app
      @options = Options.new(options, keywords)
      @permission = Permission.new(@options)
      reports = Reports.new(@options)
      @destination = @options[:aggregate] ? Aggregation.new(@options, reports) : reports
    end

    # @param env [Hash] as Rack gives it
    # @return what the application returns
    def call(env)
      return @app.call(env) unless @permission.granted?(env)

      profile = ::RubyProf::Profile.new(**@options.profile_options)
      profile.start
      begin
        @app.call(env)
      ensure
        deliver(profile, env)
      end
    end

    # Writes the reports that `aggregate:` keeps back. Called when the process ends.
    def flush
      @destination.flush
    end

    private

    # Raises nothing: an exception of the application may be on its way.
    def deliver(profile, env)
      profile.stop
      profile.merge! if @options[:merge_fibers]
      @destination.add(profile, FileNames.stem(FileNames.request_path(env))) { |message| complain(env, message) }
    rescue StandardError => e
      complain(env, "#{e.message} (#{e.class})")
    end

    def complain(env, message)
      (env["rack.errors"] || $stderr).puts("Rack::RubyProf: #{message}")
    rescue IOError, SystemCallError
      nil
    end
  end
end
