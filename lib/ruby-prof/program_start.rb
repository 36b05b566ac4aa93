# frozen_string_literal: true

module RubyProf
  # When to start the profile of a whole program.
  module ProgramStart
    # Runs the block when the program begins.
    #
    # Where `ruby -r` loads us that is still to come: Ruby compiles the program after all such libraries were
    # loaded, under the name that `$0` has. A program that requires us itself has begun.
    #
    # @param options [Hash] of the profile that the block starts
    def self.call(**options)
      # The first profile of a process examines the VM and measures what calls cost by running programs of its own. That cannot
      # be done in a TracePoint, and must not be in the user's profile.
      Profile.new(operators: false, blocks: false, latency: false, max_nodes: nil, max_depth: nil, budget: nil, **options.slice(:measure_mode, :operators)).start.stop
      return yield if caller_locations.any? { |frame| frame.label == "<main>" }

      TracePoint.new(:script_compiled) do |point|
        next unless point.instruction_sequence&.path == $PROGRAM_NAME

        point.disable
        yield
      end.enable
    end
  end
  private_constant :ProgramStart
end
