# frozen_string_literal: true

# What parts of a result were asked in ruby-prof 0.x.
module RubyProf
  class Profile
    # Leaves out methods whose full names match, for good. See #without, which keeps this profile.
    #
    # @param matchers [Array<Regexp, String>, String] patterns, or a file with a regular expression a line
    # @return [Array<String>] the full names of the methods that were left out
    # @raise [ArgumentError] for a pattern that is none
    # @raise [SystemCallError] if the file cannot be read
    def eliminate_methods!(matchers)
      matchers = File.readlines(matchers, chomp: true).reject(&:empty?).map { |line| Regexp.new(line) } if matchers.is_a?(String)
      before = full_names
      filter!(Filter.new(exclude: matchers))
      before - full_names
    end

    private

    def full_names
      threads.flat_map { |thread| thread.methods.map(&:full_name) }.uniq
    end
  end

  class Thread
    # @return [Array<MethodInfo>] the root's method
    def top_methods
      [call_tree.target]
    end

    # @return [Array<CallTree>] the root
    def top_call_trees
      [call_tree]
    end
    alias top_call_infos top_call_trees
  end

  class MethodInfo
    # @return [Array<CallTree>] all call paths of the method
    def call_infos
      call_trees.call_trees
    end

    # @return [Boolean] whether nothing called it
    def root?
      call_infos.all? { |call_tree| call_tree.parent.nil? }
    end

    # @return [Array<CallTree>] the call paths from which it was called
    def parents
      call_infos.filter_map(&:parent)
    end

    # @return [Array<CallTree>] the call paths of what it called
    def children
      call_infos.flat_map(&:children)
    end

    # @return [Array<CallTree>] one a caller, added up
    def aggregate_parents
      call_trees.callers
    end

    # @return [Array<CallTree>] one a callee, added up
    def aggregate_children
      call_trees.callees
    end

    # @return [Integer] the least number of calls between a root and the method
    def min_depth
      call_trees.min_depth
    end
  end

  class CallTree
    # @return [Boolean] whether nothing called it
    def root?
      parent.nil?
    end
  end
end
