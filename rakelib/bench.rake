# frozen_string_literal: true

namespace :bench do
  desc "Measure what profiling costs, next to bare runs and to the floor (BENCH_ARGS for options)"
  task(overhead: :compile) { ruby "bench/overhead.rb", *ENV.fetch("BENCH_ARGS", "").split }

  desc "See in a few seconds that the benchmarks run; the numbers mean nothing"
  task(smoke: :compile) { ruby "bench/overhead.rb", "--smoke" }
end
