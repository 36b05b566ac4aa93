# frozen_string_literal: true

require "set"
require "erb"
require "strscan"
Set.new([1, 2, 3]) | Set[4]
ERB.new("<% 3.times do |n| %><%= n %>,<% end %>").result
scanner = StringScanner.new("a1 b2")
scanner.scan(/\w/) || scanner.skip(/\W/) until scanner.eos?
"some text".gsub(/t/) { |t| t.upcase }
