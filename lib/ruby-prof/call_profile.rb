# frozen_string_literal: true

module RubyProf
  # Who called which method of your own code how often, without times: the same at each run, in each place and on
  # each Ruby, as long as the code is. Made to be saved, read in a review and compared: docs/call-profile.md.
  #
  #   before = RubyProf::CallProfile.load("spec/call_profiles/import.json")
  #   after = RubyProf::CallProfile.of(RubyProf.profile { import })
  #   puts after.difference(before)
  #
  # Own code is what the pattern :app says, but for the tests. Its callers elsewhere go by where they are: "(test)",
  # "(gem rack)", "(ruby)" for Ruby, its library and all that is written in C, "(top level)" for your code outside
  # any method, "(ignored)", "(elsewhere)". Calls of methods elsewhere are left out.
  class CallProfile
    # @param source [RubyProf::Profile] a profile that was stopped, also a loaded one
    # @param including [Array] patterns of methods elsewhere, to be taken as well: see Filter
    # @param ignore [Array] patterns of methods to be left out
    # @param only [Array] what is own code
    # @return [RubyProf::CallProfile]
    # @raise [ArgumentError] for a pattern that is none, or if the profile is running
    # @raise [TypeError] for another source
    def self.of(source, including: [], ignore: [], only: [:app])
      scope = Scope.new(only: only, including: including, ignore: ignore)
      case source
      when Profile then Reader.of_profile(source, scope)
      else
        unless ::Object === source && source.respond_to?(:edges)
          raise TypeError, "a call profile is made of a RubyProf::Profile, not of #{::Kernel.instance_method(:class).bind_call(source)}"
        end

        Reader.of_edges(source.edges, scope)
      end
    end

    # Reads what #save wrote.
    #
    # @param path [String, Pathname]
    # @return [RubyProf::CallProfile]
    # @raise [RubyProf::FormatError] if the file is something else, damaged, or of a later release
    # @raise [SystemCallError] if it cannot be read
    def self.load(path)
      Document.load(path)
    end

    # @param profiles [Array<RubyProf::CallProfile>]
    # @return [RubyProf::CallProfile] their sum
    def self.sum(profiles)
      edges = profiles.flat_map do |profile|
        profile.names.flat_map { |name| profile.callers(name).map { |caller, called| [name, caller, called] } }
      end
      new(edges, c_calls: profiles.all?(&:c_calls?))
    end

    # @param edges [Array<Array>] callee's name, caller's name, number of calls; calls along one edge are added up
    # @param c_calls [Boolean] whether calls of methods written in C were seen: they are callers
    # @raise [ArgumentError] for something else than edges
    def initialize(edges, c_calls: true)
      counts = Hash.new { |hash, name| hash[name] = Hash.new(0) }
      edges.each do |callee, caller, called|
        unless ::String === callee && ::String === caller && ::Integer === called && !called.negative?
          raise ArgumentError, "an edge is a callee's name, a caller's name and a number of calls: [\"Foo#bar\", \"Foo#baz\", 3]"
        end

        counts[callee][caller] += called if called.positive?
      end
      @callers = counts.sort.to_h { |name, callers| [name, callers.sort.to_h.freeze] }.freeze
      @c_calls = c_calls
    end

    # @return [Array<String>] the methods, by name
    def names
      @callers.keys
    end

    # @param name [String] a method's full name
    # @return [Hash{String => Integer}] how often which caller called it
    def callers(name)
      @callers.fetch(name) { {} }
    end

    # @param name [String, nil] a method's full name, nil for all methods
    # @return [Integer]
    def called(name = nil)
      name ? callers(name).sum { |_, called| called } : @callers.sum { |_, callers| callers.sum { |_, called| called } }
    end

    # @return [Boolean] whether calls of methods written in C were seen
    def c_calls?
      @c_calls
    end

    # @return [Boolean] whether no method was called
    def empty?
      @callers.empty?
    end

    # @return [Boolean] whether the same methods were called as often, by the same callers
    def ==(other)
      CallProfile === other && @callers == other.send(:table)
    end
    alias eql? ==

    # @return [Integer]
    def hash
      @callers.hash
    end

    # What is different now.
    #
    # @param before [RubyProf::CallProfile]
    # @param within [String, Integer, Hash, nil] what is no difference: "2%", 5 calls, or a Hash of these by pattern,
    #   { "Cache#*" => 5 }
    # @return [RubyProf::CallProfile::Difference]
    # @raise [ArgumentError] for another `within`
    # @raise [TypeError] for what is no call profile
    def difference(before, within: nil)
      unless CallProfile === before
        raise TypeError, "a call profile differs from another one, not from #{::Kernel.instance_method(:class).bind_call(before)}"
      end

      Difference.new(before, self, within: within)
    end

    # @return [String] as in the file, which differs only if the profile does
    def to_json(*)
      Document.write(self)
    end

    # Writes a file, whole or not at all.
    #
    # @param path [String, Pathname]
    # @return [RubyProf::CallProfile] self
    # @raise [RubyProf::OutputError] if the file cannot be written
    def save(path)
      WholeFile.write(File.expand_path(path), to_json)
      self
    rescue SystemCallError, IOError, ArgumentError => e # ~nobody, a NUL
      raise OutputError, "the call profile cannot be saved as #{path}: #{e.message}"
    end

    # @return [String]
    def inspect
      "#<RubyProf::CallProfile #{names.size} methods, #{called} calls>"
    end

    private

    def table
      @callers
    end
  end
end

require "ruby-prof/call_profile/scope"
require "ruby-prof/call_profile/reader"
require "ruby-prof/call_profile/document"
require "ruby-prof/call_profile/tolerance"
require "ruby-prof/call_profile/difference"

module RubyProf
  class CallProfile
    HIDDEN.push(self, Place, Scope, Reader, Reader::Method, Tree, Document, Document.const_get(:Unique), Tolerance, Tolerance::Limit, Names, Change, Difference, Table, Table::Row)
  end
end
