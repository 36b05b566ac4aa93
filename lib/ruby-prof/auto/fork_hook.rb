# frozen_string_literal: true

module RubyProf
  module Auto
    # Goes in front of Process's own methods, to hear of new processes.
    module ForkHook
      # What fork, Process.fork and IO.popen("-") have in common since Ruby 3.1.
      def _fork
        pid = super
        Auto.forked(pid)
        pid
      end

      # Forks without _fork, and the first process ends without its at_exit handlers.
      def daemon(...)
        result = super
        Auto.daemonized
        result
      end
    end
  end
end
