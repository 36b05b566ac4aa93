# frozen_string_literal: true

# Blocks called by the collections.
module Programs
  define("String#gsub with blocks", group: :collections) do
    text = "some words, and some more"
    [
      text.gsub(/\w+/) { |word| word.capitalize }, text.gsub(/o/) { $~[0].upcase }, text.gsub("some", "some" => "no"),
      text.sub(/\w+/) { Regexp.last_match.pre_match }, text.each_char.select { |char| char > "n" }, text.scan(/m(.)/) { |(char)| char.ord },
      text.each_line.map(&:chomp), format("%<one>s %<two>d", one: text, two: 2)
    ]
  end

  define("Hash with default procs", group: :collections) do
    fibonacci = Hash.new { |hash, n| hash[n] = n < 2 ? n : hash[n - 1] + hash[n - 2] }
    groups = Hash.new { |hash, key| hash[key] = [] }
    %w[apple avocado banana].each { |word| groups[word[0]] << word }
    [
      fibonacci[15], groups.transform_values(&:size), groups.sort_by { |key, _| key }, groups.to_h { |key, list| [key.to_sym, list] },
      groups.each_with_object({}) { |(key, list), all| all[list] = key }, groups.dig("a", 0), groups.fetch("z") { |key| key * 2 },
      groups.sum { |_, list| list.size }, groups.any? { |key, _| key == "b" }, groups.group_by { |key, _| key.ord.odd? }, groups.reject { true }
    ]
  end

  define("Array and Integer iterators", group: :collections) do
    numbers = (1..12).to_a
    [
      numbers.each_slice(5).map(&:sum), numbers.each_cons(3).to_a.size, numbers.partition(&:even?), numbers.zip(numbers.rotate),
      numbers.inject(:+), numbers.sort { |one, two| two <=> one }, numbers.sort_by { |n| -n }, numbers.bsearch { |n| n >= 5 },
      numbers.flat_map { |n| [n] * 2 }, numbers.each_with_index.select { |n, i| n > i + 5 }, numbers.combination(2).count,
      3.times.map(&:to_s), 1.step(9, 3).to_a, 5.downto(2).select(&:odd?), numbers.dup.delete_if { |n| n > 3 }, numbers.uniq { |n| n % 4 }
    ]
  end
end
