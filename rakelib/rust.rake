# frozen_string_literal: true

namespace :rust do
  desc "Format the Rust code"
  task(:format) { sh "cargo", "fmt", "--all" }

  desc "Check the format of the Rust code and lint it; a warning is an error"
  task :lint do
    sh "cargo", "fmt", "--all", "--check"
    sh "cargo", "clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"
  end

  desc "Run the Rust tests"
  task(:test) { sh "cargo", "test", "--locked", "--workspace" }

  desc "Write the documentation of the crates to target/doc"
  task(:doc) { sh "cargo", "doc", "--locked", "--workspace", "--no-deps", "--document-private-items" }
end
