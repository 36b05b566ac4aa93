# frozen_string_literal: true

require "sample_project"

# Examples of a project that say in their names what must come of them: "passes: ...", "fails: ...", "refused: ...".
module ExpectedOutcomes
  # What a project's spec begins with.
  WORDS = <<~RUBY
    require "ruby-prof/rspec"
    require "program"
    module Words
      def passes(name, &block) = it("passes: \#{name}", &block)
      def fails(name, &block) = it("fails: \#{name}", &block)
      def refused(name, &block) = it("refused: \#{name}", &block)
    end
    RSpec.configure { |config| config.extend(Words) }
  RUBY

  KINDS = { "passes" => /\Apassed\z/, "fails" => /\ARSpec::Expectations::ExpectationNotMetError/,
            "refused" => /\A(?:ArgumentError|TypeError|NotImplementedError): / }.freeze

  # @return [Hash] what came of the examples that did otherwise
  def surprises(run)
    run.outcomes.select do |name, outcome|
      kind = KINDS[name[/\A\w+(?=:)/]]
      kind && !outcome.to_s.match?(kind)
    end
  end
end
