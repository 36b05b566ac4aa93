# frozen_string_literal: true

# What the examples of this suite count: books that are looked up, sorted and shown.
class Store
  def self.fetch(id) = id.to_s * 2
end

class Book
  include Comparable
  attr_reader :id

  def initialize(id) = @id = id
  def title = Store.fetch(id)
  def <=>(other) = id <=> other.id

  define_method(:shelf) { id % 7 }
end

class Library
  def initialize(size = 12) = @books = Array.new(size) { |number| Book.new((number * 7919) % 104_729) }
  def titles = @books.map(&:title)
  def titles_by_block = @books.map { |book| book.title }
  def sorted = @books.sort
  def oldest = @oldest ||= @books.min_by(&:shelf)
  def shelves = @books.group_by(&:shelf)
  def twins = @books.flat_map { |one| @books.select { |other| one.shelf == other.shelf } }
  def loans = @loans ||= Store.fetch(1)
  def in_threads = Array.new(3) { Thread.new { Store.fetch(2) } }.map(&:value)
  def lazily = @books.lazy.map(&:title).first(2)
  def on_fibers = Enumerator.new { |out| @books.each { |book| out << book.title } }.next
  def counted = @counted = @counted.to_i + 1
end

# Others work in this process too: their calls and objects are nobody's here.
Thread.new do
  loop do
    Store.fetch(rand(100))
    Library.new(3).sorted
    Thread.pass
    sleep 0.001
  end
end
