# frozen_string_literal: true

require "ruby-prof/call_tree_visitor"

module RubyProf
  class CallProfile
    # Makes call profiles of what was recorded.
    module Reader # :nodoc:
      # A method of a Profile, as Filter sees it.
      Method = Struct.new(:full_name, :klass_name, :klass_flags, :name, :file, :line)

      class << self
        # @param edges [Array<Counting::Edge>]
        def of_edges(edges, scope)
          named = edges.select { |edge| scope.has?(edge.callee) }
                       .map { |edge| [scope.name(edge.callee), scope.caller(edge.caller, edge.file), edge.called] }
          CallProfile.new(named)
        end

        # @raise [ArgumentError] if the profile is running
        def of_profile(profile, scope)
          raise ArgumentError, "the profile is running: stop it first" if profile.running?

          edges = Hash.new(0)
          profile.threads.each { |thread| Tree.new(thread, scope).read(edges) if thread.call_tree }
          CallProfile.new(edges.map { |(callee, caller), called| [callee, caller, called] }, c_calls: profile.c_calls?)
        end
      end

      NO_METHOD = Method.new("[global]#", nil, 0, nil, nil, 0).freeze
    end

    # The call tree of one fiber.
    class Tree # :nodoc:
      # How many methods on the stack are looked at for the one that a block is written in.
      NEAR = 64
      # These run text: code in a template, for instance. It has lines of its own, and a file of its own or a borrowed one.
      OF_TEXT = ["Kernel#eval", "<Module::Kernel>#eval", "Binding#eval"].to_h { |name| [name, true] }.freeze
      # These run text, or a block.
      OF_BOTH = ["BasicObject#instance_eval", "Module#class_eval", "Module#module_eval"].to_h { |name| [name, true] }.freeze

      def initialize(thread, scope)
        @root = thread.call_tree
        @scope = scope
        @methods = {}
        @lines = thread.methods.select(&:source_file).group_by(&:source_file).transform_values { |methods| methods.map(&:line).uniq.sort }
        @stack = []
      end

      # Adds calls to `edges`, by callee and caller. The root was running already: that is no call.
      def read(edges)
        CallTreeVisitor.new(@root).visit do |tree, event|
          next @stack.pop if event == :exit

          method = known(tree.target)
          edges[[@scope.name(method), caller(tree)]] += tree.called if @stack.any? && @scope.has?(method)
          @stack << method
        end
      end

      private

      def known(info)
        @methods[info] ||= Reader::Method.new(info.full_name, info.method_name && info.klass_name, info.klass_flags,
                                              info.method_name&.to_s, info.source_file, info.line)
      end

      def caller(tree)
        @scope.caller(writer(tree.source_file, tree.line), tree.source_file)
      end

      # The method whose code makes the call. The parent in the tree is what ran the block instead, where the call is
      # in one: then it is the method on the stack that begins last above that line.
      def writer(file, line)
        parent = @stack.last
        return parent unless file

        begins = begin_of(file, line)
        return parent if parent.file == file && parent.line == begins

        near = @stack.last(NEAR)
        here = ->(methods) { methods.reverse_each.find { |method| method.file == file && method.line == begins } }
        text = near.rindex { |method| method.file.nil? && (OF_TEXT[method.full_name] || OF_BOTH[method.full_name]) }
        (text ? around_text(near, text, file, here) : here.(near)) ||
          (parent.file == file && parent.line <= line ? parent : Reader::NO_METHOD)
      end

      # What a line of the text says of the file's methods is chance. The method around is the innermost one of that file
      # below the evaluation.
      def around_text(near, index, file, here)
        blocks = OF_BOTH[near[index].full_name] ? near : near.drop(index + 1)
        here.(blocks) || (own?(file) ? around_own(near.first(index)) : near.first(index).reverse_each.find { |method| method.file == file })
      end

      # A text belongs to the method whose binding it runs with. No profile has that: it is hardly one of the library that
      # evaluates, such as ERB, where one of the user's own methods is around.
      def around_own(methods)
        methods.reverse_each.find { |method| @scope.has?(method) && method.file } || methods.reverse_each.find(&:file)
      end

      # Whether it is a name for text only. Ruby's own one may have methods as well, of other texts.
      def own?(file)
        !@lines.key?(file) || file.start_with?("(eval")
      end

      def begin_of(file, line)
        lines = @lines.fetch(file) { return nil }
        below = lines.bsearch_index { |each| each > line } || lines.size
        lines[below - 1] if below.positive?
      end
    end
    private_constant :Reader, :Tree
  end
end
