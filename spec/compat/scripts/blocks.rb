# frozen_string_literal: true

words = %w[one two three]
words.each { |word| word.upcase }
words.map(&:size).inject(:+)
words.each_with_index.to_a
{ a: 1, b: 2 }.each { |key, value| [key, value].join }
(1..3).each { |n| n.to_s }
words.sort_by { |word| word.size }
