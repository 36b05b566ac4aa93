# frozen_string_literal: true

require_relative "children"

module Bench
  # A way of profiling whose times are to be judged: a contender and its settings. +raw+ ones report what
  # they saw, without the overhead subtracted.
  Mode = Struct.new(:name, :title, :contender, :settings, :target, :raw, :optional, :on_demand, keyword_init: true)

  # The modes whose times bench/distortion.rb and bench/ablation.rb compare, as far as this build has them.
  class Modes
    # What each promises: how far all shares together may be from the truth, in points.
    OURS = [
      Mode.new(name: "ruby", title: "ours, c_calls: false", settings: { c_calls: false }, target: 3),
      Mode.new(name: "c", title: "ours, operators: false", settings: { operators: false }, target: 5),
      Mode.new(name: "all", title: "ours, everything", settings: { operators: true }, target: 12, optional: [:operators]),
      Mode.new(name: "objects", title: "ours, objects counted", settings: { c_calls: false, track_allocations: true }, on_demand: true)
    ].each { |mode| mode.contender = "ours" }.freeze
    THEIRS = Mode.new(name: "theirs", title: "ruby-prof", contender: "theirs", settings: {}, raw: true).freeze
    NAMES = (OURS + [THEIRS]).map(&:name).freeze

    def initialize(children)
      @children = children
    end

    # The modes that can run here, the wanted ones if any are named. Says aloud which cannot, and why.
    def available(only = [])
      wanted = ->(mode) { only.empty? ? !mode.on_demand : only.include?(mode.name) }
      modes = OURS.select(&wanted).filter_map { |mode| settle(mode) }.flat_map { |mode| corrected_and_raw(mode) }
      modes << THEIRS if wanted.call(THEIRS) && known?(THEIRS)
      modes
    end

    private

    # The mode, without settings that go without saying where they are not known.
    def settle(mode)
      return mode if known?(mode, aloud: mode.optional.nil?)

      plain = mode.dup.tap { |copy| copy.settings = mode.settings.except(*mode.optional) }
      plain if mode.optional && known?(plain)
    end

    # Two rows where overhead can be subtracted, one that is as it was seen where it cannot.
    def corrected_and_raw(mode)
      raw = mode.dup.tap do |copy|
        copy.settings = mode.settings.merge(compensate: false)
        copy.raw = true
        copy.title = "#{mode.title}, raw"
      end
      return [mode, raw] if known?(raw, aloud: false)

      [mode.dup.tap { |copy| copy.raw = true }]
    end

    def known?(mode, aloud: true)
      version = @children.run("probe", mode.contender, **mode.settings).fetch("version")
      puts "#{mode.title.ljust(22)} #{version}" if aloud
      true
    rescue Children::Failed => e
      puts "#{mode.title.ljust(22)} LEFT OUT: #{@children.reason(e)[/\A[^(]*/].strip}" if aloud
      false
    end
  end
end
