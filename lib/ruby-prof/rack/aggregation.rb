# frozen_string_literal: true

require "fileutils"
require "tmpdir"

module Rack
  class RubyProf
    # Keeps the profiles of requests, on disk, until there are enough for one report.
    class Aggregation # :nodoc:
      # So many paths have a report of their own, the rest one together: strangers choose the paths.
      MOST_GROUPS = 1000
      REST = "other-paths"
      ALL = "all-requests"

      def initialize(options, reports)
        @count = options[:aggregate]
        @together = options[:aggregate_by] == :all
        @reports = reports
        @lock = Mutex.new
        @pid = nil
        at_exit { flush_at_end }
      end

      # Yields what went wrong.
      def add(profile, stem, &complain)
        full = @lock.synchronize do
          begin_process unless @pid == Process.pid
          group = group_for(stem)
          files = (@groups[group] ||= [])
          files << save(profile)
          [group, @groups.delete(group)] if files.length >= @count
        end
        report(*full, &complain) if full
      end

      # Writes reports on fewer requests than were wanted. In a trap, where no lock can be taken, it is done by another
      # thread, which may be at work still when this returns.
      def flush
        groups, directory = take_all
        groups.each { |group, files| report(group, files) { |message| warn "Rack::RubyProf: #{message}" } }
        FileUtils.remove_entry(directory, true) if directory
      rescue ThreadError
        @flushing = ::Thread.new { flush }
      end

      private

      # Everything that this process keeps, which then keeps nothing.
      def take_all
        @lock.synchronize do
          # What a process has inherited is its parent's to write.
          next [{}, nil] unless @pid == Process.pid

          @pid = nil
          [@groups, @directory]
        end
      end

      def flush_at_end
        @flushing&.join
        flush
      end

      def begin_process
        @pid = Process.pid
        @groups = {}
        @serial = 0
        @directory = nil
      end

      def group_for(stem)
        return ALL if @together
        return stem if @groups.key?(stem) || @groups.length < MOST_GROUPS

        REST
      end

      # In long-lived servers somebody may clean the directory for temporary files.
      def save(profile)
        @directory = Dir.mktmpdir("ruby-prof-") unless @directory && ::File.directory?(@directory)
        path = ::File.join(@directory, "#{@serial += 1}.rbprof")
        profile.save(path)
        path
      end

      def report(group, files, &complain)
        kept, lost = files.partition { |file| ::File.file?(file) }
        complain.call("the profiles of #{lost.length} requests to #{group} were deleted before they were added up") if lost.any?
        files = kept
        return if files.empty?

        @reports.add(::RubyProf.merge(files).merge!, group, &complain)
      rescue StandardError, NotImplementedError => e
        complain.call("the profiles of #{files.length} requests to #{group} cannot be merged: #{e.message} (#{e.class})")
      ensure
        FileUtils.rm_f(files)
      end
    end
  end
end
