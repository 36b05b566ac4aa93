# frozen_string_literal: true

# Profiles one wait, and prints what the clocks say it took and which columns of the profile have what.

require "json"
require_relative "../support/contenders"
require_relative "../support/waits"

# Columns that profiles may have; those they have not are left out.
COLUMNS = %w[total_time self_time wait_time gvl_wait_time blocked_time gc_time running_time].freeze

options = JSON.parse(ARGV.fetch(1), symbolize_names: true)
wait = Bench::WAITS.find { |candidate| candidate.name == options.fetch(:wait) }
contender = Bench::Contenders::ALL.fetch(ARGV.fetch(0)).new
GC.measure_total_time = true
seconds = options.fetch(:seconds)

wait.body.call(seconds / 20, wait.prepare.call(seconds / 20))
(Thread.list - [Thread.main]).each(&:join)
GC.start
# What runs beside it sets out when the profile is on, so that it is seen from its beginning.
contender.start
before = Bench::Truth.before
prepared = wait.prepare.call(seconds)
# A thread waits from when it made another, a method from when it is called.
before = Bench::Truth.before if wait.method
wait.body.call(seconds, prepared)
truth = Bench::Truth.since(before)
contender.stop

threads = contender.profile.threads.select { |thread| thread.id == Thread.main.object_id }
# The row in the main thread: others sleep, too.
rows = wait.method ? threads.flat_map(&:methods).select { |method| method.full_name == wait.method } : threads
abort "#{wait.method} has no row" if rows.empty?
columns = COLUMNS.select { |column| rows.first.respond_to?(column) }.to_h { |column| [column, rows.sum(&column.to_sym)] }
# Which thread it is the time of, only the first of its fibers says.
cpus = rows.filter_map { |row| row.ledger&.cpu if row.respond_to?(:ledger) }
columns["cpu_time"] = cpus.sum / 1e9 if cpus.any?
# Before, time that a thread is blocked while others run counts as waiting for the GVL.
tells = Gem::Version.new(RUBY_VERSION) >= Gem::Version.new("3.3")
puts JSON.generate(truth: truth, columns: columns, tells: tells)
