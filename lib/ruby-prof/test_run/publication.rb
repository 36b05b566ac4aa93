# frozen_string_literal: true

require "ruby-prof/test_run/manifest"
require "ruby-prof/test_run/summary"
require "ruby-prof/test_run/junit_format"

module RubyProf
  module TestRun
    # Writes what there is to say about a run: the whole report, the profile itself, the page over all, and what
    # RUBY_PROF_FORMAT asks for. What cannot be written takes nothing else with it.
    class Publication
      # @param settings [Settings]
      # @param output [Output]
      # @param parallel [Parallel, nil]
      def initialize(settings, output, parallel)
        @settings = settings
        @output = output
        @parallel = parallel
      end

      # @param part [Part] of this process
      # @return [Announcement]
      def publish(part)
        return write([part], []) unless @parallel

        @parallel.share(part) { |parts, missing| write(parts, missing) }
      rescue SystemCallError, IOError => e
        # The others will miss this process's part; it has a report of its own here.
        @output.problem("cannot write to #{@output.shown(@output.directory)}: #{ReportWriter.reason(e)}")
        save_elsewhere(part.profile)
        Announcement.new
      end

      private

      def write(parts, missing)
        summary = Summary.new(parts, missing, groups: @parallel&.groups)
        announcement = Announcement.new
        if summary.profiled?
          @settings.unmatched.each { |sentence| @output.problem(sentence) }
          write_pages(summary, parts, announcement)
        end
        write_json(summary, announcement) if format?("json")
        announcement.add(:junit, @output.write("junit.xml", JUnitFormat.new(summary).to_s)) if format?("junit")
        clear_earlier(summary) if summary.profiled?
        summary.number = @parallel&.number
        summary.guessed = @parallel&.guessed
        announcement.summary = summary if format?("text")
        announcement
      end

      # What an earlier run wrote and this one did not is gone then: it would stand beside this run's as if it were of it.
      def clear_earlier(summary)
        run = @parallel ? @parallel.name : "#{Process.pid}-#{Random.urandom(8).unpack1("H*")}"
        Manifest.new(@output, run).replace(@output.written | summary.rows.filter_map(&:report))
      end

      # Loads json, which the tests' own code may do without.
      def write_json(summary, announcement)
        require "ruby-prof/test_run/json_format"
        announcement.add(:json, @output.write("run.json", JSONFormat.new(summary).to_s))
      end

      def format?(name)
        @settings.formats.include?(name)
      end

      def write_pages(summary, parts, announcement)
        bytes = whole(parts)
        if bytes
          summary.pruned ||= @pruned
          summary.whole_report = announcement.add(:report, report(bytes, summary)) && "run#{@settings.kind.extension}"
          summary.profile_file = announcement.add(:profile, @output.write("run.rbprof", bytes)) && "run.rbprof"
          save_elsewhere(bytes) unless summary.profile_file
        end
        announcement.add(:index, @output.write("index.html", summary.page))
      end

      def whole(parts)
        merged(parts)
      rescue RubyProf::Error
        merged(parts.select { |part| readable?(part) })
      rescue StandardError => e
        @output.problem("the processes' profiles cannot be merged: #{e.message} (#{e.class})")
      end

      def merged(parts)
        parts.filter_map(&:profile).reduce do |one, other|
          bytes, pruned = Spool.merge([one, other])
          @pruned ||= pruned
          bytes
        end
      end

      def readable?(part)
        Spool.merge([part.profile]) if part.profile
        true
      rescue RubyProf::Error => e
        @output.problem("the profile of process #{part.facts["number"]} is left out, it cannot be read: #{e.message}")
        false
      end

      def report(bytes, summary)
        profile = Profile.allocate
        profile._load_data(bytes)
        summary.whole = profile
        @output.report(profile, @settings.kind, "run", { title: "Test run" })
      end

      # A profile that took an hour is not thrown away because a directory is read-only.
      def save_elsewhere(bytes)
        return unless bytes

        [ENV["TMPDIR"], "/tmp"].each do |directory|
          next if directory.nil? || directory.empty?

          path = File.join(directory, "ruby-prof.#{Process.pid}.rbprof")
          WholeFile.write(path, bytes)
          return @output.problem("the run's profile is saved in #{path}: ruby-prof report #{path} prints it")
        rescue SystemCallError
          next
        end
        @output.problem("the run's profile could not be saved elsewhere either")
      end
    end
  end
end
