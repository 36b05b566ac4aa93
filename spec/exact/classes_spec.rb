# frozen_string_literal: true

require "exact_examples"

RSpec.describe "Calls of methods by kind of owner" do
  include_examples "exact counts", :classes
end
