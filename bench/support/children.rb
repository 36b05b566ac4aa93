# frozen_string_literal: true

require "json"
require "open3"
require "rbconfig"
require_relative "contenders"
require_relative "floor_build"
require_relative "machine"

module Bench
  # Runs the scripts of bench/children, each in a process of its own: a process that has once traced
  # C calls stays slower for good, and two gems of one name cannot share a process anyway.
  class Children
    LIB = File.join(Contenders::ROOT, "lib")
    # Bundler's settings would hide Debian's gem and load more into one contender than into another. Each process measures what calls cost.
    CLEAN = { "RUBYOPT" => nil, "RUBYLIB" => nil, "BUNDLE_GEMFILE" => nil, "RUBY_PROF_MEASURE_MODE" => nil,
              "RUBY_PROF_CACHE" => "0" }.freeze

    Failed = Class.new(StandardError)

    def initialize(ruby: RbConfig.ruby, wrapper: Machine.pin)
      @ruby = ruby
      @wrapper = wrapper
      @environment = CLEAN.merge("BENCH_FLOOR" => FloorBuild.call(ruby))
    end

    # Runs a script for a contender and returns what it printed, parsed.
    def run(script, contender, **options)
      out, error, status = Open3.capture3(@environment, *command(script, contender, options))
      raise Failed, error.empty? ? status.to_s : error unless status.success?

      JSON.parse(out)
    end

    def command(script, contender, options = {})
      load_path = contender == "ours" ? ["-I", LIB] : []
      [*@wrapper, @ruby, *load_path, File.expand_path("../children/#{script}.rb", __dir__), contender,
       JSON.generate(options)]
    end

    # The contenders of the list that can be loaded here; says aloud which cannot, and which version
    # of the others runs.
    def available(names)
      names.select do |name|
        puts "#{Contenders::TITLES.fetch(name).ljust(13)} #{run("probe", name).fetch("version")}"
        true
      rescue Failed => e
        puts "#{Contenders::TITLES.fetch(name).ljust(13)} SKIPPED: #{reason(e)}"
      end.tap { puts }
    end

    # The message of a Ruby error without the place in front of it.
    def reason(error)
      error.message.lines.first.to_s.strip[/in [`'][^`']*': (.*)/, 1] || error.message.strip
    end
  end
end
