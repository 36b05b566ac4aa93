# frozen_string_literal: true

unless defined?(CompatKind)
  class CompatKind
    def self.act = :class
    def act = :instance
  end

  module CompatFunctions
    module_function

    def act = :module
  end

  module CompatRefinement
    refine(CompatKind) { def act = [:refined, super] }
  end
end
object = CompatKind.new
def object.act = [super, :single]
CompatKind.act
CompatKind.new.act
CompatFunctions.act
object.act
CompatKind.prepend(Module.new { def extra = :extra }) unless CompatKind.method_defined?(:extra)
object.extra
Struct.new(:a).new(1).to_a
