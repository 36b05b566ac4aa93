# frozen_string_literal: true

# Methods of all kinds that Ruby has, and a call of each.
module MethodKinds
  class Record
    def save = nil
    def touch = nil
    def self.find = nil
  end

  module Included
    def inc = nil
    def ov = nil
    alias inner inc
  end

  module Extended
    def ext = nil
  end

  module Prepended
    def both = super
    def before = nil
  end

  class Plain < Record
    include Included
    extend Extended

    def def_ = nil
    define_method(:block) { nil }
    define_method(:lambda_, &-> {})
    define_method(:of_method, instance_method(:def_))
    define_method(:of_bound, Record.instance_method(:save))
    define_method(:of_module, Included.instance_method(:inc))
    define_method(:of_c, instance_method(:object_id))
    attr_reader :reader
    attr_writer :writer
    attr_accessor :accessor

    alias of_def def_
    alias of_of_def of_def
    alias of_block block
    alias of_reader reader
    alias of_inherited touch
    alias of_included inc
    alias of_kernel instance_variable_get
    alias old_inspect inspect
    def inspect = "plain"
    alias of_both ov
    def ov = nil
    def both = nil
    def self.own = nil
    def self.call_private = new.send(:hidden)
    def call_save = save
    class << self
      def single = nil
      alias of_single single
      attr_reader :of_class
      define_method(:block) { nil }

      private

      def secret = nil
    end

    prepend Prepended
    alias of_prepended before

    private :save

    private

    def hidden = nil
  end

  class Visible < Plain
    public :save, :hidden
    private :touch
    def call_touch = touch
  end

  class Over < Plain
    def save = super
    def def_ = super
  end

  class Copied < Record
    define_method(:save, Record.instance_method(:save))
  end

  module Functions
    module_function

    def function = nil
    public
    def call_function = function
  end

  module Itself
    extend self

    def me = nil
  end

  class Strings < String
    alias of_size size
  end

  class Aliased; end

  class Aliasing < Aliased
    alias old_inspect inspect
  end

  class Aliased
    alias inspect to_s
  end

  Fields = Struct.new(:first, :second) do
    def own = nil
    alias_method :of_first, :first
    alias_method :list, :to_a
  end

  class Missing
    def method_missing(name, *) = name == :ghost ? nil : super
    def respond_to_missing?(name, *) = name == :ghost || super
  end

  module Refined
    refine Record do
      def touch = super
      def added = nil
    end
  end

  module Uses
    using Refined
    def self.touch = Record.new.touch
    def self.added = Record.new.added
  end

  class Borrowed
    define_method(:symbol, &:itself)
    define_method(:bound, &Record.new.method(:save))
    alias_method :of_send, :send
    alias_method :of_public_send, :public_send
  end

  # What a person writes, and a call of it: the pattern's targets must be what is reported.
  CALLS = {
    "Plain#def_" => -> { Plain.new.def_ },
    "Plain#block" => -> { Plain.new.block },
    "Plain#lambda_" => -> { Plain.new.lambda_ },
    "Plain#of_method" => -> { Plain.new.of_method },
    "Plain#of_bound" => -> { Plain.new.of_bound },
    "Plain#of_module" => -> { Plain.new.of_module },
    "Plain#of_c" => -> { Plain.new.of_c },
    "Plain#reader" => -> { Plain.new.reader },
    "Plain#writer=" => -> { Plain.new.writer = 1 },
    "Plain#accessor" => -> { Plain.new.accessor },
    "Plain#accessor=" => -> { Plain.new.accessor = 1 },
    "Plain#of_def" => -> { Plain.new.of_def },
    "Plain#of_of_def" => -> { Plain.new.of_of_def },
    "Plain#of_block" => -> { Plain.new.of_block },
    "Plain#of_reader" => -> { Plain.new.of_reader },
    "Plain#of_inherited" => -> { Over.new.of_inherited },
    "Plain#of_included" => -> { Plain.new.of_included },
    "Plain#of_kernel" => -> { Plain.new.of_kernel(:@a) },
    "Plain#of_both" => -> { Plain.new.of_both },
    "Plain#of_prepended" => -> { Plain.new.of_prepended },
    "Plain#both" => -> { Plain.new.both },
    "Prepended#both" => -> { Plain.new.both },
    "Prepended#before" => -> { Plain.new.before },
    "Plain#ov" => -> { Plain.new.ov },
    "Plain.own" => -> { Over.own },
    "Plain.single" => -> { Plain.single },
    "Plain.of_single" => -> { Plain.of_single },
    "Plain.of_class" => -> { Plain.of_class },
    "Plain.block" => -> { Plain.block },
    "Plain.secret" => -> { Plain.send(:secret) },
    "Plain#hidden" => -> { Visible.new.hidden },
    "Record#save" => -> { Visible.new.save },
    "Record#touch" => -> { Visible.new.call_touch },
    "Record.find" => -> { Plain.find },
    "Over#save" => -> { Over.new.save },
    "Over#def_" => -> { Over.new.def_ },
    "Copied#save" => -> { Copied.new.save },
    "Included#inc" => -> { Plain.new.inc },
    "Included#inner" => -> { Plain.new.inner },
    "Extended#ext" => -> { Plain.ext },
    "Functions.function" => -> { Functions.function },
    "Functions#function" => -> { Object.new.extend(Functions).call_function },
    "Itself#me" => -> { Itself.me },
    "Strings#of_size" => -> { Strings.new.of_size },
    "Fields#own" => -> { Fields.new.own },
    "Fields#list" => -> { Fields.new.list },
    "Fields.new" => -> { Fields.new },
    "Fields.members" => -> { Fields.members },
    "Missing#method_missing" => -> { Missing.new.ghost },
    "::Kernel#tap" => -> { 1.tap { nil } },
    "::Kernel#public_send" => -> { 1.public_send(:itself) },
    "Borrowed#of_public_send" => -> { Borrowed.new.of_public_send(:itself) },
    "::Array#each" => -> { [1].each { nil } },
    "::Array#pack" => -> { [1].pack("C") },
    "::Integer#times" => -> { 1.times { nil } },
    "::Integer#+" => -> { 1 + 1 },
    "::Integer#\\*" => -> { 1 * 1 },
    "::Class#new" => -> { Record.new },
    "::BasicObject#initialize" => -> { Record.new },
    "::IO.read" => -> { File.read("/dev/null") },
    "::Kernel.format" => -> { Kernel.format("") }
  }.transform_keys { |text| text.start_with?("::") ? text.delete_prefix("::") : "MethodKinds::#{text}" }.freeze

  # An alias of a C function whose name was defined anew since: it may have been the class's or the module's.
  EITHER = { "MethodKinds::Plain#old_inspect" => -> { Plain.new.old_inspect }, "MethodKinds::Aliasing#old_inspect" => -> { Aliasing.new.old_inspect } }.freeze

  # Of which no event tells, and a part of what is said about it.
  SILENT = {
    "Kernel#send" => "without an event",
    "BasicObject#__send__" => "without an event",
    "Proc#call" => "without an event",
    "Proc#yield" => "without an event",
    "Proc#===" => "without an event",
    "Proc#[]" => "without an event",
    "MethodKinds::Borrowed#of_send" => "without an event",
    "MethodKinds::Borrowed#symbol" => "define_method(:symbol, &...)",
    "MethodKinds::Borrowed#bound" => "define_method(:bound, &...)"
  }.freeze

  # From 3.3 on they are events.
  MEMBERS = {
    "MethodKinds::Fields#first" => -> { Fields.new.first },
    "MethodKinds::Fields#second=" => -> { Fields.new.second = 1 },
    "MethodKinds::Fields#of_first" => -> { Fields.new.of_first }
  }.freeze
end
