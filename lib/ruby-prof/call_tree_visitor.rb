# frozen_string_literal: true

module RubyProf
  # Walks a call tree from its root down, without recursion: trees of any depth will do.
  #
  #   RubyProf::CallTreeVisitor.new(thread.call_tree).visit do |call_tree, event|
  #     puts call_tree.target.full_name if event == :enter
  #   end
  class CallTreeVisitor
    # @param call_tree [RubyProf::CallTree] where to begin
    # @param max_depth [Integer, nil] how many levels below it to go
    # @raise [TypeError] if the first is no CallTree
    def initialize(call_tree, max_depth: nil)
      raise TypeError, "a CallTreeVisitor visits a RubyProf::CallTree, not #{call_tree.class}" unless call_tree.is_a?(CallTree)
      unless max_depth.nil? || (max_depth.is_a?(Integer) && !max_depth.negative?)
        raise ArgumentError, "max_depth: #{max_depth.inspect} cannot be used: give an Integer from 0 upwards"
      end

      @call_tree = call_tree
      @max_depth = max_depth
    end

    # Calls the block for each call tree twice: with `:enter` before its children, with `:exit` after
    # them. Children come in the order of their first call.
    #
    # @yieldparam call_tree [RubyProf::CallTree]
    # @yieldparam event [Symbol] :enter or :exit
    # @return [nil]
    # @raise [ArgumentError] without a block
    def visit
      raise ArgumentError, "visit needs a block: visit { |call_tree, event| ... }" unless block_given?

      yield @call_tree, :enter
      # A pair for each open call tree: itself, and the children that are still to be visited.
      open = [[@call_tree, children_at(@call_tree, 0)]]
      until open.empty?
        if (child = open.last[1].pop)
          yield child, :enter
          open << [child, children_at(child, open.size)]
        else
          yield open.pop[0], :exit
        end
      end
    end

    private

    def children_at(call_tree, depth)
      @max_depth && depth >= @max_depth ? [] : call_tree.children.reverse
    end
  end
end
