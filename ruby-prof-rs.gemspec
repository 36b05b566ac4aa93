# frozen_string_literal: true

require_relative "lib/ruby-prof/version"

Gem::Specification.new do |spec|
  spec.name = "ruby-prof-rs"
  spec.version = RubyProf::VERSION
  spec.authors = ["ruby-prof-rs contributors"]
  spec.summary = "An exact tracing profiler for Ruby, written in Rust"
  spec.description = "Counts and times every call, with the API and the reports of ruby-prof at a fraction of its cost."
  spec.license = "MIT"
  spec.metadata = { "rubygems_mfa_required" => "true" }

  # No gem is needed at run time, and none shall be: a profiler must not change what it looks at.
  spec.required_ruby_version = ">= 3.1"

  # Globs, not git: the gem can be built from a tarball too. cargo --locked wants the lock file and
  # every member of the workspace; tests and benches of the crates stay behind.
  spec.files = Dir.glob([
    "Cargo.{toml,lock}",
    "ext/ruby_prof/{Cargo.toml,build.rs,extconf.rb}",
    "ext/ruby_prof/src/**/*.rs",
    "crates/*/{Cargo.toml,build.rs}",
    "crates/*/{src,templates,assets}/**/*",
    "lib/**/*.rb",
    "exe/*",
    "sig/**/*.rbs",
    "{README,ARCHITECTURE,CHANGELOG}.md",
    "docs/*.md",
    "LICENSE"
  ], base: __dir__).select { |name| File.file?(File.join(__dir__, name)) }.sort

  spec.extensions = ["ext/ruby_prof/extconf.rb"]
  spec.bindir = "exe"
  spec.executables = Dir.glob("*", base: File.join(__dir__, "exe")).sort
  spec.require_paths = ["lib"]
end
