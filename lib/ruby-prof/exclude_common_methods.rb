# frozen_string_literal: true

module RubyProf
  # Methods that most profiles are easier to read without: iterators, operators, allocation.
  module ExcludeCommonMethods
    # Names of the methods that Enumerable defines.
    ENUMERABLE_NAMES = Enumerable.instance_methods(false)

    # What is left out of collections beyond Enumerable's names.
    COLLECTION_NAMES = %i[each == eql? hash to_json as_json encode_json].freeze

    # Instance methods that are left out, by class.
    METHODS = {
      Kernel => %i[dup initialize_dup tap send public_send block_given?],
      BasicObject => %i[!=],
      Method => %i[[]],
      Module => %i[new],
      Class => %i[new],
      Proc => %i[call yield],
      Range => %i[each],
      Integer => %i[times succ <],
      String => %i[sub sub! gsub gsub!],
      Enumerator => %i[each_entry with_index with_object each_with_index each_with_object next rewind size],
      Array => %i[collect! delete_if each_index keep_if map! reject! reverse_each select! filter! sort! sort_by! uniq!
                  combination permutation product fill],
      Hash => %i[dup initialize_dup fetch [] []= key? has_key? include? each_key each_value each_pair delete_if keep_if
                 map! reject! select! filter! slice slice! except except! transform_keys transform_keys! transform_values
                 transform_values!],
    }.freeze

    # Methods of libraries that wrap whole requests, by the name of their class or module; :itself marks
    # those of the class itself.
    LIBRARIES = {
      "Unicorn::HttpServer" => %i[process_client],
      "Mustache::Context" => %i[fetch],
      "NewRelic::Agent::Instrumentation::MiddlewareTracing" => %i[call],
      "NewRelic::Agent::MethodTracerHelpers" => %i[trace_execution_scoped log_errors],
      "NewRelic::Agent::MethodTracer" => %i[trace_execution_scoped log_errors],
    }.freeze

    class << self
      # Leaves them out of a profile that is not running.
      #
      # @param profile [RubyProf::Profile]
      # @return [void]
      def apply!(profile)
        METHODS.each { |mod, names| exclude_methods(profile, mod, names) }
        [Enumerable, Enumerator, Array, Hash].each { |mod| exclude_collection(profile, mod) }
        exclude_collection(profile, ::Set) if defined?(::Set)
        exclude_singleton_methods(profile, GC, :start)
        LIBRARIES.each { |name, names| exclude_library(profile, name, names) }
      end

      # Leaves out Enumerable's methods, where a class has its own, and more.
      def exclude_enumerable(profile, mod, *names)
        exclude_methods(profile, mod, [:each, *names])
        exclude_methods(profile, mod, ENUMERABLE_NAMES)
      end

      # Leaves out some of a module's instance methods.
      def exclude_methods(profile, mod, *names)
        profile.exclude_methods!(mod, names)
      end

      # Leaves out some of a module's own methods.
      def exclude_singleton_methods(profile, mod, *names)
        profile.exclude_singleton_methods!(mod, names)
      end

      private

      def exclude_collection(profile, mod)
        exclude_enumerable(profile, mod, *COLLECTION_NAMES)
      end

      def exclude_library(profile, name, names)
        mod = Object.const_get(name) if Object.const_defined?(name)
        return unless mod.is_a?(Module)

        exclude_methods(profile, mod, names)
        exclude_singleton_methods(profile, mod, names)
      end
    end
  end
end
