# frozen_string_literal: true

module RubyProf
  # What was recorded between start and stop.
  #
  #   profile = RubyProf::Profile.new(measure_mode: RubyProf::PROCESS_TIME)
  #   profile.profile { work }
  #   RubyProf::GraphPrinter.new(profile).print
  class Profile
    # What the profiler's own work is of the profile.
    #
    # @return [Overhead, nil] nil before the first stop
    def overhead
      facts = _overhead
      facts && Overhead.new(facts)
    end

    # Leaves out methods of one class or module.
    #
    # @param mod [Module, nil] the class or module that defines them
    # @param names [Array<Symbol>] the methods, also as an Array
    # @return [Array<Symbol>] the names
    # @raise [RuntimeError] if the profile is running
    # @raise [TypeError] for something else than a module or names
    def exclude_methods!(mod, *names)
      names.flatten.each { |name| exclude_method!(mod, name) }
    end

    # Leaves out methods of a class or module itself, such as `File.join`.
    #
    # @param mod [Module] the class or module
    # @param names [Array<Symbol>] the methods, also as an Array
    # @return [Array<Symbol>] the names
    # @raise (see #exclude_methods!)
    def exclude_singleton_methods!(mod, *names)
      unless ::Module === mod
        raise TypeError, "exclude_singleton_methods! takes a class or module, not #{::Kernel.instance_method(:class).bind_call(mod)}"
      end

      # What a program's own methods of these names say is not asked.
      exclude_methods!(::Kernel.instance_method(:singleton_class).bind_call(mod), *names)
    end

    # Leaves out iterators, operators and the like, whose calls say little: see ExcludeCommonMethods.
    #
    # @return [RubyProf::Profile] self
    # @raise [RuntimeError] if the profile is running
    def exclude_common_methods!
      ExcludeCommonMethods.apply!(self)
      self
    end

    # A profile of the same run in which only some methods show. The time of the others is their
    # callers'; what they called, their callers called. Roots always show.
    #
    #   result.only(:app)                        # code below the current directory
    #   result.only(MyApp, /Controller#/)
    #
    # @param patterns [Array] see Filter
    # @return [RubyProf::Profile] a new, finished profile
    # @raise [ArgumentError] for a pattern that is none, or if the profile is running
    def only(*patterns)
      Filter.new(only: patterns).apply(self)
    end

    # A profile of the same run in which some methods do not show: the opposite of #only.
    #
    #   result.without(:gems, "Integer#+", "lib/logger.rb")
    #
    # @param patterns (see #only)
    # @return (see #only)
    # @raise (see #only)
    def without(*patterns)
      Filter.new(exclude: patterns).apply(self)
    end
  end
end
