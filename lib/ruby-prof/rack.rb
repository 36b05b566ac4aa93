# frozen_string_literal: true

require "ruby-prof"

# Where adapters for Rack live.
module Rack
  # Profiles the requests of a Rack application, and writes reports on each into a directory.
  #
  #   use Rack::RubyProf, path: "tmp/profile"
  #   use Rack::RubyProf, path: "tmp/profile", request_thread_only: true, only_paths: ["/api/"],
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
    private_constant :Options, :FileNames, :Permission, :Reports, :Aggregation

    # Options are keywords or, as in ruby-prof 1.x, a Hash.
    #
    # @param app [#call] the application
    # @param options [Hash, nil] the same as the keywords
    # @option keywords [String, Pathname] :path directory of the reports, made if needed; default: the system's for
    #   temporary files
    # @option keywords [Hash{Class => String, #call}] :printers printers, and how the names of their files end;
    #   default: flat.txt, graph.txt, graph.html, call_stack.html
    # @option keywords [Array<Regexp, String>] :skip_paths requests to leave alone, Strings being beginnings;
    #   default: /assets, and styles, scripts and images
    # @option keywords [Array<Regexp, String>] :only_paths the only requests to profile
    # @option keywords [nil, Boolean, #call, Hash] :enabled which requests may be profiled. nil: all, as in ruby-prof,
    #   but none in production. A callable
    #   gets the env. A Hash names a `header:` or a `param:` of the query and the `value:` it has to have
    # @option keywords [Integer] :aggregate one report for so many requests; what is left is written when the process ends
    # @option keywords [Symbol] :aggregate_by :path, a report for each path (the default), or :all
    # @option keywords [Boolean] :request_thread_only record the request's thread only; false, as in ruby-prof: all threads
    # @option keywords [Boolean] :ignore_existing_threads record this thread and those it starts
    # @option keywords [Boolean] :merge_fibers one thread in the report for all with equal roots
    # @option keywords [Integer] :measure_mode RubyProf::WALL_TIME and so on
    # @option keywords [Boolean] :track_allocations count objects by method, line and class
    # @option keywords [Boolean] :exclude_common leave out each, map, times and their like
    # @option keywords [Array] :exclude patterns of methods to leave out, as for Profile.new
    # @option keywords [Array] :only patterns of the only methods to record
    # @option keywords [Numeric] :min_percent for the printers; default: 1
    # @option keywords [Symbol] :sort_method for the printers; default: :total_time
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
      return @app.call(env) unless @permission.granted?(env) { |message| complain(env, message) }

      profile = prepare(env)
      return @app.call(env) unless profile

      profile.start
      begin
        @app.call(env)
      ensure
        deliver(profile, env)
      end
    end

    # Writes the reports that `aggregate:` keeps back. Called when the process ends. In a trap it returns at once, and
    # another thread writes them; the process waits for that before it ends.
    def flush
      @destination.flush
    end

    private

    # Options that were good when the server started may not be any more: the current directory is gone, for example.
    def prepare(env)
      ::RubyProf::Profile.new(**@options.profile_options)
    rescue StandardError => e
      complain(env, "the request is not profiled: #{e.message} (#{e.class})")
      nil
    end

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
