# frozen_string_literal: true

require "tmpdir"

module Rack
  class RubyProf
    # The options of both generations of ruby-prof, checked when the server starts.
    class Options # :nodoc:
      DEFAULTS = {
        path: nil, printers: nil, skip_paths: nil, only_paths: nil, merge_fibers: false,
        measure_mode: nil, track_allocations: false, exclude_common: false,
        ignore_existing_threads: false, request_thread_only: false,
        min_percent: 1, sort_method: :total_time,
        enabled: nil, aggregate: nil, aggregate_by: :path, exclude: nil, only: nil
      }.freeze

      SKIPPED = [%r{\A/assets}, /\.(?:css|js|png|jpeg|jpg|gif)\z/].freeze

      def initialize(hash, keywords)
        unless hash.nil? || hash.is_a?(Hash)
          raise TypeError, "Rack::RubyProf takes its options as keywords or a Hash, not #{hash.class}"
        end

        @values = DEFAULTS.merge(known(hash.to_h.transform_keys(&:to_sym))).merge(known(keywords))
        fill_in
        check
        # Profile.new has more checks. Better now than with the first request.
        ::RubyProf::Profile.new(**profile_options)
      end

      def [](name)
        @values.fetch(name)
      end

      # For the profile of a request in this thread.
      def profile_options
        options = { measure_mode: self[:measure_mode], track_allocations: self[:track_allocations] ? true : false }
        options[:exclude_common] = true if self[:exclude_common]
        %i[exclude only].each { |name| options[name] = self[name] if self[name] }
        if self[:request_thread_only]
          options[:include_threads] = [::Thread.current]
        elsif self[:ignore_existing_threads]
          options[:exclude_threads] = ::Thread.list - [::Thread.current]
        end
        options
      end

      # For the printers.
      def printer_options
        { min_percent: self[:min_percent], sort_method: self[:sort_method] }
      end

      private

      def known(options)
        unknown = options.keys - DEFAULTS.keys
        return options if unknown.empty?

        raise ArgumentError, "Rack::RubyProf has no option #{unknown.map(&:inspect).join(", ")}; " \
                             "it has #{DEFAULTS.keys.join(", ")}"
      end

      def fill_in
        @values[:path] = ::File.expand_path((self[:path] || Dir.tmpdir).to_s)
        @values[:measure_mode] ||= ::RubyProf::WALL_TIME
        @values[:skip_paths] ||= SKIPPED
        @values[:printers] ||= {
          ::RubyProf::FlatPrinter => "flat.txt", ::RubyProf::GraphPrinter => "graph.txt",
          ::RubyProf::GraphHtmlPrinter => "graph.html", ::RubyProf::CallStackPrinter => "call_stack.html"
        }
      end

      def check
        check_printers
        %i[skip_paths only_paths].each do |name|
          patterns = self[name]
          refuse(name, "an Array of Regexps or Strings") unless patterns.nil? || patterns_of_paths?(patterns)
        end
        refuse(:aggregate, "a number of requests from 1") unless self[:aggregate].nil? || positive?(self[:aggregate])
        refuse(:aggregate_by, ":path or :all") unless %i[path all].include?(self[:aggregate_by])
      end

      # As the first request would find out.
      def check_printers
        refuse(:printers, "a Hash of printers and endings") unless self[:printers].is_a?(Hash)
        self[:printers].each do |printer, ending|
          next if printer.is_a?(Class) && printer.method_defined?(:print) && (ending.is_a?(String) || ending.respond_to?(:call))

          refuse(:printers, "a Hash of printers, such as RubyProf::FlatPrinter, and how their files' names end")
        end
        ::RubyProf::FlatPrinter.new(::RubyProf::Profile.new).setup_options(printer_options)
      rescue ArgumentError => e
        raise if e.message.start_with?("Rack::RubyProf: ")

        raise ArgumentError, "Rack::RubyProf: #{e.message}"
      end

      def patterns_of_paths?(patterns)
        patterns.is_a?(Array) && patterns.all? { |pattern| pattern.is_a?(Regexp) || pattern.is_a?(String) }
      end

      def positive?(number)
        number.is_a?(Integer) && number.positive?
      end

      def refuse(name, wanted)
        raise ArgumentError, "Rack::RubyProf: #{name}: #{self[name].inspect} cannot be used: give #{wanted}"
      end
    end
  end
end
