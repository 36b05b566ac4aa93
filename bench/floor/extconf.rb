# frozen_string_literal: true

require "mkmf"

$CFLAGS << " -O2 -Wall -Wextra -Wno-unused-parameter"
create_makefile("floor")
