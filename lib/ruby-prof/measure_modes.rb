# frozen_string_literal: true

module RubyProf
  # The measure modes by the names that the environment and the command line use.
  MEASURE_MODE_NAMES = {
    "wall" => WALL_TIME, "wall_time" => WALL_TIME,
    "process" => PROCESS_TIME, "process_time" => PROCESS_TIME, "cpu" => PROCESS_TIME,
    "allocations" => ALLOCATIONS, "memory" => MEMORY
  }.freeze
  private_constant :MEASURE_MODE_NAMES

  class << self
    # Takes the default measure mode from the environment variable RUBY_PROF_MEASURE_MODE: wall,
    # process, allocations or memory. Called when the library is loaded. An unknown name is named in
    # a warning and changes nothing.
    #
    # @return [Integer] the default measure mode
    def figure_measure_mode
      name = ENV.fetch("RUBY_PROF_MEASURE_MODE", "")
      # Bytes that are no text must not end a program that only loads us.
      mode = MEASURE_MODE_NAMES[name.b.downcase]
      if mode
        self.measure_mode = mode
      elsif !name.empty?
        warn "ruby-prof: RUBY_PROF_MEASURE_MODE=#{String.new(name, encoding: Encoding::UTF_8).scrub("?")} is no measure mode; it can be wall, process, " \
             "allocations or memory. Measuring #{MEASURE_MODE_NAMES.key(measure_mode)} time"
      end
      measure_mode
    end
  end
end
