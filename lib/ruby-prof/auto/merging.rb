# frozen_string_literal: true

module RubyProf
  module Auto
    # The directory where processes leave their profiles for the first one's report.
    class Merging
      # What processes leave there: profiles, and, if they were killed, beginnings of them.
      OURS = /\A(?:\d+\.(?:rbprof|part)|\.rp-\h{16})\z/
      PROFILE = /\A\d+\.rbprof\z/

      # @param directory [String, nil] where the others are told to look
      # @param owner [Boolean] whether this process writes the report; it takes only a directory that it made itself,
      #   before it became another program, and else makes one
      # @raise [OutputError] if it cannot make one
      def initialize(directory, owner:)
        directory = nil if owner && !made_here?(directory)
        @directory = directory || (make if owner)
        ENV[Settings::NAMES[:merge_dir]] = @directory if @directory
      end

      # Leaves a profile there.
      #
      # @return [Boolean] false if that cannot be, since the first process has ended, for example
      def hand_in(profile, pid)
        return false unless @directory && File.directory?(@directory)

        # Whole or not at all: the first process may be reading.
        profile.save(File.join(@directory, "#{pid}.rbprof"))
        true
      rescue OutputError
        false
      end

      # @return [RubyProf::Profile] the given one with those of the processes that have ended
      def with_others(profile, pid)
        return profile if handed_in.empty?

        raise OutputError, "there is no room for this process's own in #{@directory}" unless hand_in(profile, pid)

        RubyProf.merge(handed_in)
      rescue StandardError, NotImplementedError => e
        ReportWriter.say("the forked processes' profiles cannot be merged: #{e.message} (#{e.class}). " \
                         "They are in #{@directory}")
        @keep = true
        profile
      end

      def clean
        return if @keep || @directory.nil?

        Dir.each_child(@directory) { |name| File.delete(File.join(@directory, name)) if OURS.match?(name.b) }
        Dir.rmdir(@directory)
      rescue SystemCallError
        nil # Another process is writing there: it finds out that it was too late.
      end

      private

      def handed_in
        Dir.children(@directory).select { |name| PROFILE.match?(name.b) }.sort.map { |name| File.join(@directory, name) }
      end

      def made_here?(directory)
        directory && File.directory?(directory) && File.basename(directory).start_with?("ruby-prof.#{Process.pid}.")
      end

      # For this user alone: what is in there is read back.
      def make
        problem = nil
        [ENV["TMPDIR"], "/tmp", "."].each do |parent|
          next if parent.nil? || parent.empty?

          return make_in(File.expand_path(parent))
        rescue SystemCallError, ArgumentError => e
          problem = e
        end
        raise OutputError, "the processes' profiles cannot be merged: there is no directory for them: #{problem.message}"
      end

      def make_in(parent)
        path = File.join(parent, "ruby-prof.#{Process.pid}.#{Random.urandom(8).unpack1("H*")}")
        Dir.mkdir(path, 0o700)
        path
      rescue Errno::EEXIST
        retry
      end
    end
  end
end
