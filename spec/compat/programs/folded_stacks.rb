# frozen_string_literal: true

# What a gem for flame graphs adds: a printer under a name that ruby-prof 2.0 has taken since, with a print of its own.
require "ruby-prof"

module RubyProf
  class FlameGraphPrinter < AbstractPrinter
    def print(output = $stdout, options = {})
      @overall_threads_time = @result.threads.sum(&:total_time)
      @output = output
      setup_options(options)
      print_threads
    end

    def print_threads
      @result.threads.each do |thread|
        @overall_time = thread.total_time
        print_thread(thread)
      end
    end

    def print_thread(thread)
      print_stack([], thread.call_tree)
    end

    def print_stack(prefix, call_tree)
      return if call_tree.total_time / @overall_time * 100 < min_percent
      return if @options[:depth] && prefix.size >= @options[:depth]

      stack = prefix + [call_tree.target.full_name]
      @output << "#{stack.join(";")} #{call_tree.called}\n"
      call_tree.children.each { |child| print_stack(stack, child) }
    end
  end
end

class Tree
  def grow(depth)
    2.times { branch(depth) } if depth.positive?
  end

  def branch(depth)
    grow(depth - 1)
  end
end

result = RubyProf.profile { Tree.new.grow(3) }
RubyProf::FlameGraphPrinter.new(result).print($stdout, min_percent: 0)
puts "---"
RubyProf::FlameGraphPrinter.new(result).print($stdout, min_percent: 0, depth: 2)
