# frozen_string_literal: true

require_relative "machine"

module Bench
  # What every report begins with, and how a target is judged.
  class Report
    def initialize(options)
      @options = options
    end

    def facts
      @facts ||= Machine.facts(@options.ruby).merge("command" => @options.command)
    end

    def heading(title)
      puts title, "=" * title.length
      facts.each { |name, fact| puts "#{name.ljust(13)} #{fact}" }
    end

    # "pass" or "MISS"; nothing where figures are missing or too small to judge.
    def verdict(value, target)
      return "" if @options.smoke || value.nil?

      target.cover?(value) ? "pass" : "MISS"
    end

    def footnote(started)
      puts "smoke run: figures are noise, nothing is judged" if @options.smoke
      rounds = @options.rounds == 1 ? "1 round" : "#{@options.rounds} interleaved rounds"
      puts format("%s in %.0f s", rounds, now - started)
    end

    def now
      Process.clock_gettime(Process::CLOCK_MONOTONIC)
    end
  end
end
