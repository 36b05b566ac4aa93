# frozen_string_literal: true

# Deterministic programs, by name, whose calls are counted. Each makes all its state itself, so that
# every run calls the same methods.
module Programs
  Program = Struct.new(:name, :group, :library, :body) do
    def call
      body.call
    end

    # Why it cannot run here, if so.
    def obstacle
      require library if library
      nil
    rescue LoadError
      "#{library} is not installed"
    end
  end

  @all = {}

  class << self
    def define(name, group:, library: nil, &body)
      raise "two programs named #{name}" if @all.key?(name)

      @all[name] = Program.new(name, group, library, body)
    end

    def all
      @all.values
    end

    def in(group)
      found = all.select { |program| program.group == group }
      raise "no programs in #{group}" if found.empty?

      found
    end
  end
end

Dir[File.join(__dir__, "programs", "*.rb")].sort.each { |file| require file }
