# frozen_string_literal: true

module Bench
  # What runs beside what, as seen from inside a child process. Each contender can start, stop and say
  # which version it is; nothing of one of them is loaded in the process of another.
  module Contenders
    ROOT = File.expand_path("../..", __dir__)

    # The program as it is.
    class Bare
      def initialize(c_calls: true); end

      def version = RUBY_VERSION
      def start = nil
      def stop = nil
      def profile = nil
    end

    # The least a tracer can do: see floor/floor.c.
    class Floor
      def initialize(c_calls: true)
        require File.join(ENV.fetch("BENCH_FLOOR"), "floor")
        @c_calls = c_calls
      end

      def version = "rb_add_event_hook2"
      def start = ::Floor.start(@c_calls)
      def stop = ::Floor.stop
      def profile = nil
    end

    # The product of this checkout, put on the load path by the parent with -I.
    class Ours
      attr_reader :profile

      # Settings are options of RubyProf::Profile.new.
      def initialize(c_calls: true, **settings)
        require "ruby-prof"
        wanted = File.join(ROOT, "lib", "ruby-prof.rb")
        raise LoadError, "not loaded from this checkout" unless $LOADED_FEATURES.include?(wanted)

        @settings = { measure_mode: RubyProf::WALL_TIME, c_calls: c_calls, **settings }
      end

      def version = RubyProf::VERSION
      def start = (@profile = RubyProf::Profile.new(**@settings)).start
      def stop = @profile.stop
    end

    # Debian's ruby-prof. It always traces C calls.
    class Theirs
      attr_reader :profile

      VERSION = "1.4.5"

      def initialize(c_calls: true)
        gem "ruby-prof", VERSION
        require "ruby-prof"
        raise LoadError, "ruby-prof #{RubyProf::VERSION} loaded" unless RubyProf::VERSION == VERSION
      end

      def version = RubyProf::VERSION
      def start = (@profile = RubyProf::Profile.new(measure_mode: RubyProf::WALL_TIME)).start
      def stop = @profile.stop
    end

    ALL = { "bare" => Bare, "floor" => Floor, "ours" => Ours, "theirs" => Theirs }.freeze
    TITLES = { "bare" => "bare", "floor" => "floor", "ours" => "ours", "theirs" => "ruby-prof" }.freeze
  end
end
