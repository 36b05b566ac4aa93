# frozen_string_literal: true

require "rspec/core/rake_task"

desc "Run the specs (SPEC=file for one, SPEC_OPTS for more options)"
RSpec::Core::RakeTask.new(spec: :compile)

namespace :spec do
  desc "Run the specs with a garbage collection at every chance (slow)"
  task :stress do
    ENV["GC_STRESS"] = "1"
    Rake::Task[:spec].invoke
  end
end
