# frozen_string_literal: true

require "exact_examples"

RSpec.describe "Calls in Ruby's libraries" do
  include_examples "exact counts", :libraries
end
