# frozen_string_literal: true

module RubyProf
  module TestRun
    # A limit on the size of files (`ulimit -f`) ends a process that writes beyond it, unless the signal is caught.
    module FileLimit
      class << self
        # Runs the block, in which writing beyond the limit raises Errno::EFBIG.
        def as_error
          return yield unless limited?

          former = Signal.trap("XFSZ", "IGNORE")
          begin
            yield
          ensure
            # nil: a handler that is not Ruby's, or none.
            Signal.trap("XFSZ", former || "DEFAULT")
          end
        end

        private

        def limited?
          Signal.list.key?("XFSZ") && Process.getrlimit(:FSIZE).first != Process::RLIM_INFINITY
        end
      end
    end
  end
end
