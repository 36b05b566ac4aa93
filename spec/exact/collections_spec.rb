# frozen_string_literal: true

require "exact_examples"

RSpec.describe "Calls of and by collections" do
  include_examples "exact counts", :collections
end
