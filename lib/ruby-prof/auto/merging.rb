# frozen_string_literal: true

module RubyProf
  module Auto
    # The directory where processes leave their profiles for the first one's report.
    class Merging
      # @param directory [String, nil] where the others are told to look; nil makes one
      # @param owner [Boolean] whether this process writes the report
      def initialize(directory, owner:)
        @directory = directory || (make if owner)
        ENV[Settings::NAMES[:merge_dir]] = @directory if @directory
      end

      # Leaves a profile there.
      #
      # @return [Boolean] false if that cannot be, since the first process has ended, for example
      def hand_in(profile, pid)
        return false unless @directory && File.directory?(@directory)

        # Whole or not at all: the first process may be reading.
        unfinished = File.join(@directory, "#{pid}.part")
        profile.save(unfinished)
        File.rename(unfinished, File.join(@directory, "#{pid}.rprof"))
        true
      rescue SystemCallError
        false
      end

      # @return [RubyProf::Profile] the given one with those of the processes that have ended
      def with_others(profile, pid)
        return profile if handed_in.empty?

        hand_in(profile, pid)
        RubyProf.merge(handed_in)
      rescue StandardError, NotImplementedError => e
        ReportWriter.say("the forked processes' profiles cannot be merged: #{e.message} (#{e.class}). " \
                         "They are in #{@directory}")
        @keep = true
        profile
      end

      def clean
        return if @keep || @directory.nil?

        Dir.each_child(@directory) { |name| File.delete(File.join(@directory, name)) }
        Dir.rmdir(@directory)
      rescue SystemCallError
        nil # Another process is writing there: it finds out that it was too late.
      end

      private

      def handed_in
        Dir.children(@directory).grep(/\.rprof\z/).sort.map { |name| File.join(@directory, name) }
      end

      # For this user alone: what is in there is read back.
      def make
        parent = ENV["TMPDIR"] || "/tmp"
        loop do
          path = File.join(parent, "ruby-prof.#{Process.pid}.#{Random.urandom(8).unpack1("H*")}")
          Dir.mkdir(path, 0o700)
          return path
        rescue Errno::EEXIST
          next
        end
      end
    end
  end
end
