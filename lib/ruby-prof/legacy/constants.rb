# frozen_string_literal: true

# Constants of ruby-prof 0.x and 1.x whose things have another name or are gone.
module RubyProf
  module Legacy # :nodoc:
    # What stands for a constant, and what to say about it.
    SUBSTITUTES = {
      CPU_TIME: [-> { PROCESS_TIME }, "CPU_TIME is PROCESS_TIME"],
      GC_TIME: [-> { WALL_TIME }, "GC_TIME is not measured any more: WALL_TIME is"],
      GC_RUNS: [-> { WALL_TIME }, "GC_RUNS are not measured any more: WALL_TIME is"],
      CallInfo: [-> { CallTree }, "CallInfo is CallTree"],
      AggregateCallInfo: [-> { CallTree }, "AggregateCallInfo is CallTree: see CallTrees#callers"],
      AggregateCallTree: [-> { CallTree }, "AggregateCallTree is CallTree: see CallTrees#callers"],
      CallInfoVisitor: [-> { CallTreeVisitor }, "CallInfoVisitor is CallTreeVisitor"],
    }.freeze

    @named = {}

    # The value, with a warning the first time.
    def self.constant(name)
      value, message = SUBSTITUTES[name]
      return unless value

      Kernel.warn("ruby-prof: RubyProf::#{message}", uplevel: 2) unless @named[name]
      @named[name] = true
      value.call
    end
  end
  private_constant :Legacy

  # Gives the constants of ruby-prof 0.x and 1.x that have another name now, with a warning.
  def self.const_missing(name)
    Legacy.constant(name) || super
  end
end
