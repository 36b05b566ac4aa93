# frozen_string_literal: true

require "etc"
require "open3"

module Bench
  # The facts a reader needs before comparing two figures.
  module Machine
    module_function

    def facts(ruby)
      description, = Open3.capture2(ruby, "-v")
      { "cpu" => cpu, "cores" => Etc.nprocessors, "kernel" => Etc.uname[:release], "ruby" => description.strip,
        "clock source" => read("/sys/devices/system/clocksource/clocksource0/current_clocksource") }
    end

    def cpu
      name = read("/proc/cpuinfo")[/^model name\s*: (.*)$/, 1] || Etc.uname[:machine]
      megahertz = read("/proc/cpuinfo")[/^cpu MHz\s*: ([\d.]+)$/, 1]
      megahertz ? "#{name}, #{megahertz.to_f.round} MHz" : name
    end

    def read(path)
      File.read(path).strip
    rescue SystemCallError
      ""
    end

    # The command prefix that keeps a child on one core, where the system can do so.
    def pin
      prefix = ["taskset", "-c", (Etc.nprocessors - 1).to_s]
      system(*prefix, "true", out: File::NULL, err: File::NULL) ? prefix : []
    end
  end
end
