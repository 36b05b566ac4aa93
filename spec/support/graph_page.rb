# frozen_string_literal: true

require "cgi"

# Reads the page of the GraphHtmlPrinter, as far as specs look at it.
class GraphPage
  Row = Struct.new(:name, :percents, :times, :calls, :place)

  attr_reader :source

  def initialize(source)
    @source = source
  end

  # The page without its style sheets and scripts.
  def markup
    @markup ||= source.gsub(%r{<(style|script)\b.*?</\1>}m, "")
  end

  # Rows of the methods themselves, in all sections.
  def methods
    rows("method")
  end

  def callers
    rows("caller")
  end

  def callees
    rows("callee")
  end

  def method_named(name)
    methods.find { |row| row.name == name }
  end

  def headers
    table = markup[%r{<table class="calls".*?</thead>}m]
    table.scan(%r{<th\b[^>]*>(.*?)</th>}).flatten
  end

  private

  def rows(kind)
    markup.scan(%r{<tr class="#{kind}">(.*?)</tr>}m).flatten.map { |row| parse(row) }
  end

  def parse(row)
    cells = row.scan(%r{<t[dh]\b([^>]*)>(.*?)</t[dh]>}m)
    texts = cells.map { |_, text| CGI.unescapeHTML(text.gsub(/<[^>]*>/, "")).strip }
    name = cells.index { |attributes, _| attributes.include?('class="name"') }
    Row.new(texts[name], texts.first(2), cells[2..5].map { |attributes, _| nanoseconds(attributes) }, texts[6], cells.last.last[/title="([^"]*)"/, 1])
  end

  def nanoseconds(attributes)
    attributes[/title="([\d,]+) ns"/, 1].to_s.delete(",").to_i
  end
end
