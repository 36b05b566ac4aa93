# shellcheck shell=bash
# What the scripts in bin/ share. To be sourced; leaves the shell in the root of the tree.

set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
cd "$ROOT"

have() { command -v "$1" >/dev/null 2>&1; }

say() { printf '%s\n' "$*"; }

# fail SENTENCE... - every argument a line of its own, then exit 1.
fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

heading() { printf '\n== %s\n\n' "$*"; }

is_root() { [[ $(id -u) -eq 0 ]]; }

is_debian() { [[ -e /etc/debian_version ]] && have apt-get; }

# at_least NEEDED FOUND - compares version numbers.
at_least() { [[ $(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1) == "$1" ]]; }

# Ruby tools run through the bundle where it is satisfied, and as installed where it is not: the lock
# names the versions of one Debian release, and others do as well.
ruby_tool() {
  if bundle check >/dev/null 2>&1; then bundle exec "$@"; else "$@"; fi
}

# The same Ruby for rb-sys in every cargo command, or each would undo the work of the one before.
export_ruby() {
  RUBY="$(ruby -e 'print RbConfig.ruby')"
  export RUBY
}

compile() { ruby_tool rake --quiet compile; }
