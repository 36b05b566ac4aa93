# frozen_string_literal: true

# Real libraries: thousands of calls of all kinds.
module Programs
  define("ERB", group: :libraries, library: "erb") do
    template = ERB.new(<<~'ERB', trim_mode: "-")
      <ul>
      <%- items.each do |item| -%>
        <li><%= item.upcase %>: <%= ERB::Util.html_escape("<#{item}>") %></li>
      <%- end -%>
      </ul>
    ERB
    template.result_with_hash(items: %w[one two three])
  end

  define("JSON", group: :libraries, library: "json") do
    document = { "list" => (1..20).to_a, "nested" => { "text" => "a\nb\u00e9", "float" => 1.5, "nothing" => nil } }
    JSON.parse(JSON.pretty_generate(JSON.parse(JSON.generate(document))), symbolize_names: true)
  end

  define("Psych", group: :libraries, library: "psych") do
    document = { "numbers" => [1, 2.5, -3], "text" => "two\nlines\n", "nested" => [{ "yes" => true, "no" => nil }] }
    Psych.load(Psych.dump(document))
  end

  define("RDoc", group: :libraries, library: "rdoc") do
    text = <<~TEXT
      = Title

      A paragraph with *bold*, _emphasis_ and +code+.

      * one
      * two

      1. first
      2. second

      [label] definition

        verbatim
    TEXT
    RDoc::Markup::ToHtml.new(RDoc::Options.new).convert(text)
  end

  define("OptionParser", group: :libraries, library: "optparse") do
    found = {}
    parser = OptionParser.new do |options|
      options.banner = "usage: program"
      options.on("-n", "--number N", Integer) { |number| found[:number] = number }
      options.on("--[no-]verbose") { |verbose| found[:verbose] = verbose }
      options.on("-l", "--list A,B", Array) { |list| found[:list] = list }
    end
    rest = parser.parse(%w[-n 12 --no-verbose --list=x,y file])
    [found, rest, parser.help]
  end

  define("Set", group: :libraries, library: "set") do
    one = Set.new([1, 2, 3])
    two = Set[2, 3, 4].add(5)
    [one | two, one & two, one ^ two, one.subset?(two), two.map { |n| n * 2 }.to_set, one.group_by(&:odd?)]
  end

  define("StringScanner", group: :libraries, library: "strscan") do
    scanner = StringScanner.new("total = price * 12 + tax_1")
    tokens = []
    until scanner.eos?
      if scanner.skip(/\s+/) then next
      elsif scanner.scan(/\w+/) then tokens << [:word, scanner.matched]
      else tokens << [:sign, scanner.getch]
      end
    end
    tokens
  end
end
