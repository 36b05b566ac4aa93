# frozen_string_literal: true

require "exact_examples"

RSpec.describe "Calls in fibers" do
  include_examples "exact counts", :fibers
end
