# frozen_string_literal: true

require "minitest/autorun"
require "library"
require "ruby-prof/minitest"

class EveryAssertionTest < Minitest::Test
  def setup = @library = Library.new

  def refused(text, &block)
    assert_match text, assert_raises(Minitest::Assertion, &block).message
  end

  def test_exactly = assert_calls("Store.fetch", exactly: 12) { @library.titles }
  def test_not_fewer = refused(/got 12/) { assert_calls("Store.fetch", exactly: 13) { @library.titles } }
  def test_at_most = assert_calls("Store.fetch", at_most: 12) { @library.titles }
  def test_within = assert_calls("Book#*", within: 40..50, stable: true) { @library.titles && @library.shelves }
  def test_from = assert_calls("Store.fetch", exactly: 12, from: "Book#title") { @library.titles }
  def test_cold = assert_calls("Store.fetch", exactly: 1, cold: true) { @library.loans }
  def test_none = refute_calls("Store.fetch") { @library.shelves }
  def test_constant = assert_constant_calls("Store.fetch", [10, 100, 1000]) { |n| Library.new(n).loans }
  def test_not_constant = refused(/linear/) { assert_constant_calls("Store.fetch", [10, 100, 1000]) { |n| Library.new(n).titles } }
  def test_growing = assert_calls_grow_at_most("Book#<=>", :n_log_n, [64, 128, 256, 512]) { |n| Library.new(n).sorted }
  def test_linear = assert_grows_at_most(:linear, [50, 100, 200, 400]) { |n| Library.new(n).titles }
  def test_quadratic = refused(/quadratic/) { assert_grows_at_most(:linear, [20, 40, 80, 160]) { |n| Library.new(n).twins } }
  def test_objects = assert_allocates_at_most(25) { @library.titles }
  def test_too_many_objects = refused(/got 25/) { assert_allocates_at_most(24) { @library.titles } }
  def test_stable = assert_stable_calls { @library.titles }
  def test_golden = assert_call_profile("library") { @library.titles && @library.shelves }
end
