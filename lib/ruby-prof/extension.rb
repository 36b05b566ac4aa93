# frozen_string_literal: true

# The only file that loads the compiled library.
#
# A precompiled gem brings one library for each Ruby, in lib/ruby_prof/3.3/ and its like; a gem or a
# working tree that was compiled here has exactly one, in lib/ruby_prof/. The versioned one goes first.
#
# Both are found with `require`, not `require_relative`: RubyGems puts what it compiled into an
# extension directory of its own, which is on the load path but not beside this file.
versioned = "ruby_prof/#{RUBY_VERSION[/\d+\.\d+/]}/ruby_prof"

begin
  require versioned
rescue LoadError => error
  # A library that is there but does not load must say why; only a missing one has a substitute.
  raise unless error.path == versioned

  require "ruby_prof/ruby_prof"
end
