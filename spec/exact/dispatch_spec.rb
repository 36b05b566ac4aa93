# frozen_string_literal: true

require "exact_examples"

RSpec.describe "Calls by every way to call" do
  include_examples "exact counts", :dispatch
end
