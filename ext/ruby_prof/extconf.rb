# frozen_string_literal: true

# Writes the Makefile by which RubyGems and rake-compiler build the extension. The work is cargo's:
# the Makefile calls it and copies the library to where Ruby looks for it.

ROOT = File.expand_path("../..", __dir__)
CARGO = ENV.fetch("CARGO", "cargo")
CARGO_NEEDED = File.read("#{ROOT}/Cargo.toml")[/^rust-version = "([\d.]+)"/, 1]

def cargo_version
  IO.popen([CARGO, "--version"], &:read)[/\d+\.\d+(\.\d+)?/] || "of an unknown version"
rescue Errno::ENOENT
  abort "ruby-prof-rs is written in Rust: install cargo #{CARGO_NEEDED} or newer with rustup " \
        "(https://rustup.rs) and see that it is on the PATH."
end

def check_cargo
  version = cargo_version
  return if Gem::Version.correct?(version) && Gem::Version.new(version) >= Gem::Version.new(CARGO_NEEDED)

  abort "ruby-prof-rs needs cargo #{CARGO_NEEDED} or newer, and the one on the PATH is #{version}: " \
        "update with `rustup update stable`, or install rustup (https://rustup.rs)."
end

# rb-sys reads Ruby's headers with libclang while it builds. Where that is missing, cargo ends in the
# backtrace of a build script; this says it in a sentence instead. Only Linux keeps its libraries in
# places known well enough to be sure.
def check_libclang
  return unless RUBY_PLATFORM.include?("linux")
  return if ENV.key?("LIBCLANG_PATH")
  return if ENV["PATH"].split(File::PATH_SEPARATOR).any? { |path| File.executable?("#{path}/llvm-config") }

  places = "/{usr/lib,usr/lib64,usr/local/lib,lib,lib64}{,/*-linux-*,/llvm*/lib,/llvm/*/lib}"
  return unless Dir.glob("#{places}/libclang{,-[0-9]*}.so{,.*}").empty?

  abort "ruby-prof-rs reads Ruby's headers with libclang: install it (Debian and Ubuntu: libclang-dev; " \
        "Fedora: clang-devel; Alpine: clang-dev; Arch: clang), or name its directory in LIBCLANG_PATH."
end

check_cargo
check_libclang

# Only now: after a failure mkmf adds a page about options that would not help.
require "mkmf"

# RubyGems sets SOURCE_DATE_EPOCH while it builds an extension, and then the directory we are in is
# thrown away afterwards: cargo's work goes there. A working tree keeps it, for the next build.
rubygems = ENV.key?("SOURCE_DATE_EPOCH")
target = rubygems ? "= #{File.expand_path("target")}" : "?= #{ROOT}/target"

soext = RbConfig::CONFIG["SOEXT"]
built = "#{"lib" unless soext == "dll"}ruby_prof.#{soext}"

# RUBY is exported because it is what makes rb-sys read the headers again when the Ruby changes.
# CARGO_PROFILE=dev gives a quick, unoptimised build without another run of this file.
File.write("Makefile", configuration(__dir__).join << <<~MAKE)
  target_prefix = /ruby_prof
  RUBYARCHDIR = $(sitearchdir)$(target_prefix)
  DLLIB = ruby_prof.#{RbConfig::CONFIG["DLEXT"]}
  CARGO_PROFILE ?= release
  PROFILE_DIR = $(patsubst dev,debug,$(CARGO_PROFILE))

  export RUBY = #{RbConfig.ruby}
  CARGO_TARGET_DIR #{target}
  export CARGO_TARGET_DIR

  .PHONY: all install clean distclean FORCE
  all: $(DLLIB)

  $(DLLIB): FORCE
  \t#{CARGO} build --locked --lib --profile $(CARGO_PROFILE) --manifest-path #{__dir__}/Cargo.toml
  \t@$(COPY) $(CARGO_TARGET_DIR)/$(PROFILE_DIR)/#{built} $@

  install: $(DLLIB)
  \t@$(MAKEDIRS) $(RUBYARCHDIR)
  \t@$(INSTALL_PROG) $(DLLIB) $(RUBYARCHDIR)
  #{"\t@$(RM_RF) $(CARGO_TARGET_DIR) $(DLLIB)" if rubygems}

  clean:
  \t@$(RM_RF) $(DLLIB)

  distclean: clean
  \t@$(RM_RF) Makefile mkmf.log
MAKE
