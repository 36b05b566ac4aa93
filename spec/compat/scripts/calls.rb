# frozen_string_literal: true

unless defined?(Compat)
  module Compat
    def self.twice
      2.times { yield }
    end

    class Base
      attr_accessor :value

      def self.build(*values)
        new(*values)
      end

      def initialize(value)
        self.value = value
      end

      def add(other)
        self.class.build(value + other.value)
      end

      alias plus add
      define_method(:double) { add(self) }
    end

    class Derived < Base
      def add(other)
        super
      end

      def method_missing(name, *)
        name == :anything ? value : super
      end

      def respond_to_missing?(*)
        true
      end
    end
  end
end
Compat.twice { Compat::Derived.build(1).add(Compat::Base.new(2)) }
Compat::Base.build(3).plus(Compat::Base.build(4)).double
Compat::Derived.new(5).anything
Compat::Derived.new(6).respond_to?(:other)
