# frozen_string_literal: true

require "exact_examples"

RSpec.describe "Calls in threads" do
  include_examples "exact counts", :threads
end
