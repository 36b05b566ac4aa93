# frozen_string_literal: true

require "rake/extensiontask"

# rake-compiler looks for C. These are the files that end up in the library.
SOURCES = "{src/**/*.rs,Cargo.toml,build.rs,extconf.rb,../../Cargo.{toml,lock}," \
          "../../crates/*/Cargo.toml,../../crates/*/{src,templates,assets}/**/*.*}"

Rake::ExtensionTask.new("ruby_prof") do |extension|
  extension.lib_dir = "lib/ruby_prof"
  extension.source_pattern = SOURCES
end

# One entry in `rake -T` says it all.
Rake::Task["compile:ruby_prof"].clear_comments
Rake::Task["compile"].clear_comments.add_description("Build the extension into lib/ruby_prof if a source changed")

