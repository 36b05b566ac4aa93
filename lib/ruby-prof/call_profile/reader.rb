# frozen_string_literal: true

require "ruby-prof/call_tree_visitor"

module RubyProf
  class CallProfile
    # Makes call profiles of what was recorded.
    module Reader # :nodoc:
      # A method of a Profile, as Filter sees it.
      Method = Struct.new(:full_name, :klass_name, :klass_flags, :name, :file, :line)

      # How many methods on the stack are looked at for the one that a block is written in.
      NEAR = 64

      class << self
        # @param edges [Array<Counting::Edge>]
        def of_edges(edges, scope)
          named = edges.select { |edge| scope.has?(edge.callee) }
                       .map { |edge| [scope.name(edge.callee), scope.caller(edge.caller, edge.file), edge.called] }
          made(named, scope, true)
        end

        # @raise [ArgumentError] if the profile is running
        def of_profile(profile, scope)
          raise ArgumentError, "the profile is running: stop it first" if profile.running?

          edges = Hash.new(0)
          profile.threads.each { |thread| read_tree(thread.call_tree, scope, edges) if thread.call_tree }
          made(edges.map { |(callee, caller), called| [callee, caller, called] }, scope, profile.c_calls?)
        end

        private

        def made(edges, scope, c_calls)
          profile = CallProfile.new(edges, c_calls: c_calls)
          profile.instance_variable_set(:@tests, scope.tests)
          profile
        end

        # The root was running already: that is no call.
        def read_tree(root, scope, edges)
          stack = []
          methods = {}
          CallTreeVisitor.new(root).visit do |tree, event|
            if event == :exit
              stack.pop
            else
              method = known(methods, tree.target)
              if stack.any? && scope.has?(method)
                edges[[scope.name(method), scope.caller(writer(stack, tree), tree.source_file)]] += tree.called
              end
              stack << method
            end
          end
        end

        def known(methods, info)
          methods[info] ||= Method.new(info.full_name, *of_class(info), info.method_name&.to_s, info.source_file, info.line)
        end

        def of_class(info)
          [info.method_name && info.klass_name, info.klass_flags]
        end

        # The method whose code makes the call. The call tree has the method that ran the block instead, where the
        # call is in a block.
        def writer(stack, tree)
          file = tree.source_file
          return stack.last unless file

          near = stack.last(NEAR).select { |method| method.file == file && method.line <= tree.line }
          near.reverse.max_by(&:line) || outside_or(stack.last, file)
        end

        def outside_or(method, file)
          method.file == file ? method : NO_METHOD
        end
      end

      NO_METHOD = Method.new("[global]#", nil, 0, nil, nil, 0).freeze
    end
    private_constant :Reader
  end
end
