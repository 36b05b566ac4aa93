# frozen_string_literal: true

# Printers that people wrote: the parts of the report are theirs, the order of calls is ruby-prof's.
require "ruby-prof"
require "json"

class JsonLines < RubyProf::AbstractPrinter
  def print_header(thread)
    @output << "#{JSON.generate(fiber: thread.fiber_id.class.name, by: sort_method, from: @options[:since])}\n"
  end

  def print_methods(thread)
    methods = thread.methods.sort_by { |method| [-method.called, method.full_name] }
    methods.each do |method|
      next if method.source_file.nil? || method.method_name.nil?

      @output << "#{JSON.generate(
        class: method.klass_name, method: method.method_name, line: method.line, calls: method.called,
        file: File.basename(method.source_file), recursive: method.recursive?,
        callers: method.call_trees.callers.map { |tree| tree.parent.target.full_name }.sort,
        callees: method.call_trees.callees.map { |tree| tree.target.full_name }.sort
      )}\n"
    end
  end

  def print_footer(_thread)
    @output << "end\n"
  end
end

class Depths < RubyProf::FlatPrinter
  def print_column_headers
    @output << "calls name\n"
  end

  def print_methods(thread)
    thread.methods.sort.reverse.map { |method| "#{method.called} #{method.full_name}" }.sort.each { |line| @output << "#{line}\n" }
  end

  def print_footer(_thread); end
end

class Work
  def outer(count)
    count.zero? ? inner : outer(count - 1)
  end

  def inner = "inner".reverse
end

result = RubyProf.profile { Work.new.outer(2) }
JsonLines.new(result).print($stdout, since: "2012", sort_method: :total_time)
Depths.new(result).print(text = +"", {})
puts text[/^calls name.*/m]
