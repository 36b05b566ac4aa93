# frozen_string_literal: true

require "json"

# Printers from elsewhere, in the manners that are found in the wild.
module DerivedPrinters
  # In 1.x's manner: an options Hash, its own print, everything at once.
  class Json < RubyProf::AbstractPrinter
    def print(output = $stdout, options = {})
      @output = output
      setup_options(options)
      minimum = @options[:min_percent] || 0
      @output << JSON.generate(@result.threads.map { |thread| thread_data(thread, minimum) })
    end

    private

    def thread_data(thread, minimum)
      methods = thread.methods.select { |method| method.self_time / thread.total_time * 100 >= minimum }
      { id: thread.id, fiber: thread.fiber_id, total: thread.total_time,
        methods: methods.sort.reverse.map { |method| [method.klass_name, method.method_name, method.called, method.self_time] } }
    end
  end

  # Only its rows: the lines before and after are the library's.
  class Csv < RubyProf::AbstractPrinter
    def print_methods(thread)
      rows = thread.methods.sort_by(&sort_method).reverse
      rows.each { |method| @output << "#{[method.full_name, method.called, method.total_time, method_location(method)].join(",")}\n" }
    end
  end

  # In 2.x's manner: keywords, kept in variables that the readers show.
  class Keywords < RubyProf::AbstractPrinter
    def print(output = $stdout, min_percent: 0, sort_method: :self_time, **)
      @output = output
      @min_percent = min_percent
      @sort_method = sort_method
      print_threads
    end

    def print_thread(thread)
      methods = thread.methods.select { |method| method.total_time / thread.total_time * 100 >= self.min_percent }
      @output << "#{sort_method}: #{methods.sort_by(&sort_method).reverse.map(&:method_name).join(" ")}"
    end
  end

  # Reads in its rows what 2.x's print kept.
  class Variables < RubyProf::AbstractPrinter
    def print_methods(_thread)
      @output << [@min_percent, @max_percent, @filter_by, @sort_method, @max_depth].inspect
    end
  end

  # Everything its own, in the usual order.
  class Plain < RubyProf::AbstractPrinter
    def print(output = $stdout, options = {})
      @output = output
      setup_options(options)
      print_threads
    end

    def print_header(thread)
      @output.puts "fiber of #{thread.methods.size}, from #{@options[:min_percent].inspect} on"
      print_column_headers
    end

    def print_column_headers
      @output.puts "calls method"
    end

    def print_methods(thread)
      thread.methods.each { |method| @output.puts "#{method.called} #{method.method_name}#{" *" if method.recursive?}" if share(method, thread) >= min_percent }
    end

    def print_footer(_thread)
      @output.puts "."
    end

    private

    def share(method, thread)
      method.total_time / thread.total_time * 100
    end
  end

  # Folded stacks for a flame graph: walks the call tree.
  class Folded < RubyProf::AbstractPrinter
    def print(output = $stdout, options = {})
      setup_options(options)
      @output = output
      print_threads
    end

    def print_thread(thread)
      print_stack([], thread.call_tree)
    end

    def print_stack(prefix, call_tree)
      stack = [*prefix, "#{call_tree.target.method_name} (#{call_tree.called})"]
      @output << "#{stack.join(";")} #{(call_tree.self_time * 1e6).round}\n"
      call_tree.children.each { |child| print_stack(stack, child) }
    end
  end

  # Replaces one part of a report of ours each.
  class FlatHeader < RubyProf::FlatPrinter
    def print_header(thread)
      @output << "thread of #{thread.methods.size}\n"
      super
    end
  end

  class FlatMethods < RubyProf::FlatPrinter
    def print_methods(_thread)
      @output << "(rows)\n"
    end
  end

  class GraphFooter < RubyProf::GraphPrinter
    def print_footer(_thread)
      @output << "(footer)\n"
    end
  end

  class GraphColumns < RubyProf::GraphPrinter
    private

    def print_column_headers
      @output << "(columns)\n"
    end
  end

  # Calls print with super, and an option of its own.
  class Titled < RubyProf::GraphPrinter
    def print(output = $stdout, options = {})
      output << "#{options[:heading]}\n"
      super
    end
  end

  class Job
    def run
      ManualClock.advance(1_000_000)
      slow
      again(1)
    end

    def slow
      ManualClock.advance(8_000_000)
    end

    def again(times)
      ManualClock.advance(500_000)
      again(times - 1) if times > 0
    end
  end
end
