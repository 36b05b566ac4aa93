# frozen_string_literal: true

require "exact_examples"

RSpec.describe "Calls that are left before their end" do
  include_examples "exact counts", :control_flow
end
