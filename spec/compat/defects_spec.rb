# frozen_string_literal: true

require "command"
require "graph_page"
require "stringio"

# What ruby-prof 2.0.5 gets wrong, one group a defect. The parts of this library have specs of their own,
# which go further; here it is one example each, so that no such thing ever comes back.
RSpec.describe "A defect of ruby-prof 2.0.5", stress: false do
  include Command

  module Defects
    class Namesakes
      def bar = self.class.bar

      def self.bar = :bar
    end

    class Deep
      def down(depth)
        depth.zero? ? 0 : down(depth - 1)
      end

      def wait_and_down(depth)
        ManualClock.advance(1_000)
        wait_and_down(depth - 1) if depth.positive?
      end
    end

    class Asked
      def a? = leaf

      define_method(:a=) { leaf }

      def leaf = String.new

      define_method(:"</script><b>") { leaf }
      define_method(:'say "hi"') { leaf }
    end
  end

  # A program in a process of its own: a segmentation fault ends only that.
  def survives(code)
    result = ruby("require 'ruby-prof'\nbegin\n#{code}\nrescue StandardError => e\nprint e.class\nend")
    expect(result.status).to be_success, "#{code}: #{result.stderr[0, 300]}"
    result.stdout
  end

  describe "1: a class method and an instance method of one name are one" do
    it "keeps them apart" do
      result = profile { Defects::Namesakes.new.bar }
      expect(method_info(result, "Defects::Namesakes#bar").called).to eq 1
      expect(method_info(result, "<Class::Defects::Namesakes>#bar").called).to eq 1
      expect(method_info(result, "<Class::Defects::Namesakes>#bar").recursive?).to be false
    end

    it "excludes one without the other" do
      made = RubyProf::Profile.new
      made.exclude_method!(Defects::Namesakes, :bar)
      made.profile { Defects::Namesakes.new.bar }
      expect(method_names(made)).to include("<Class::Defects::Namesakes>#bar")
      expect(method_names(made)).not_to include("Defects::Namesakes#bar")
    end
  end

  describe "2: Ruby crashes" do
    {
      "a measure mode that is no keyword" => ["print RubyProf::Profile.new(RubyProf::PROCESS_TIME).measure_mode", "1"],
      "a String for options" => ["RubyProf::Profile.new('wall')", "TypeError"],
      "start, pause and resume on one line" => ["a = RubyProf::Profile.new; a.start; a.pause; a.resume; a.stop; print a.paused?", "false"],
      "a call tree of nothing" => ["RubyProf::CallTree.new(nil)", "TypeError"],
      "a thread that was only allocated" => ["RubyProf::Thread.allocate.call_tree", "RuntimeError"],
      "a profile that was only allocated" => ["a = RubyProf::Profile.allocate; a.start; a.stop; print a.class", "RubyProf::Profile"],
      "adding what is no thread" => ["RubyProf::Profile.new.add_thread(3)", "TypeError"]
    }.each do |what, (code, said)|
      it("survives #{what}") { expect(survives(code)).to eq said }
    end
  end

  describe "3: NoMethodErrors" do
    it "loads with a measure mode in the environment" do
      result = plain_ruby("-rruby-prof", "-e", "print RubyProf.measure_mode", env: { "RUBY_PROF_MEASURE_MODE" => "process" })
      expect([result.stdout, result.stderr]).to eq ["1", ""]
    end

    it "has unprof" do
      expect(calls(plain_ruby("-runprof", "-e", "7.times { 2.fdiv(3) }").stdout, "Integer#fdiv")).to eq 7
    end

    it "knows a thread's wait time" do
      deep = Defects::Deep.new
      result = profile_by_hand { Fiber.new { deep.wait_and_down(1) }.resume && deep.down(0) }
      expect(result.threads.map { |thread| (thread.wait_time * 1e9).round }).to eq [2_000, 0]
    end
  end

  it "4: a profile that went through Marshal is printed like any other", :one_moment do
    result = profile { Defects::Namesakes.new.bar }
    loaded = Marshal.load(Marshal.dump(result))
    tables = [result, loaded].map { |each| RubyProf::FlatPrinter.new(each).print(+"") }
    expect(tables.first).to include("Defects::Namesakes#bar")
    expect(tables.last).to eq tables.first
  end

  describe "5: graphs for Graphviz" do
    let(:recorded) { profile { Defects::Asked.new.then { |asked| asked.public_send(:'say "hi"') } } }

    def edges(**options)
      RubyProf::DotPrinter.new(recorded).print(+"", **options).scan(/^\S+ -> \S+ \[/).size
    end

    it "have all their edges, whatever methods are sorted by" do
      expect(edges).to be > 3
      expect(%i[total_time self_time].map { |column| edges(sort_method: column) }).to eq [edges, edges]
    end

    it "have their quotes escaped" do
      dot = RubyProf::DotPrinter.new(recorded).print(+"")
      expect(dot).to include('say \"hi\"')
      expect(dot).not_to match(/[^\\]"hi/)
    end

    it "may have a total of zero" do
      zero = profile_by_hand { Defects::Namesakes.new.bar }
      expect(RubyProf::DotPrinter.new(zero).print(+"")).to match(/\Adigraph/).and include("Namesakes#bar")
    end
  end

  describe "6: pages" do
    let(:recorded) do
      asked = Defects::Asked.new
      profile(track_allocations: true) { [asked.a?, asked.public_send(:a=), asked.public_send(:"</script><b>"), 1 + 1] }
    end
    let(:page) { RubyProf::GraphHtmlPrinter.new(recorded).print(+"") }

    it "have an anchor of its own for each method, to which all links lead" do
      ids = page.scan(/\sid="([^"]*)"/).flatten
      expect(ids.tally.select { |_, count| count > 1 }).to eq({})
      links = page.scan(/\shref="#([^"]*)"/).flatten.uniq
      expect(links.size).to be > 5
      expect(links - ids).to eq []
      expect(page.scan(/a[?=]/).uniq.size).to eq 2
    end

    it "show a method's objects whatever its name is" do
      table = page[/<tr class="method">(?:(?!<tr class="method">).)*?Defects::Asked#leaf.*?<details.*?<\/details>/m]
      expect(table).to include("String")
      # What opens is the element itself; and no id needs escaping in a selector.
      expect(page.scan(/\sid="([^"]*)"/).flatten).to all(match(/\A[A-Za-z][\w-]*\z/))
    end

    it "tell in a caller's row where the call is" do
      row = GraphPage.new(page).callers.find { |each| each.name == "Defects::Asked#a?" }
      expect(row.place).to eq "#{__FILE__}:#{Defects::Asked.instance_method(:a?).source_location[1]}"
    end

    it "cannot be broken by a method's name" do
      [RubyProf::FlameGraphPrinter, RubyProf::CallStackPrinter, RubyProf::GraphHtmlPrinter].each do |printer|
        html = printer.new(recorded).print(+"")
        expect(html).not_to include("</script><b>")
        expect(html.scan("<script").size).to eq html.scan("</script>").size
      end
    end
  end

  describe "7: while paused" do
    it "counts no call and no time" do
      deep = Defects::Deep.new
      made = by_hand
      made.start
      deep.down(0)
      made.pause
      3.times { deep.wait_and_down(4) }
      made.resume
      deep.down(0)
      made.stop
      expect(calls_of(made, "Defects::Deep#down")).to eq 2
      expect(calls_of(made, "Defects::Deep#wait_and_down")).to eq 0
      expect(made.threads.first.total_time).to eq 0
    end
  end

  describe "8: merge!" do
    before { @namesakes = Defects::Namesakes.new }

    def in_fibers
      Fiber.new { 1.to_s }.resume
      Fiber.new { [@namesakes.bar, Defects::Deep.new.down(2)] }.resume
    end

    it "keeps flags, the mark of recursion, and objects" do
      result = profile(track_allocations: true) { in_fibers }
      objects = ->(threads) { threads.sum { |thread| thread.methods.sum { |method| method.allocations.sum(&:count) } } }
      before = objects.call(result.threads)
      result.merge!
      expect(result.threads.size).to eq 2
      expect(method_info(result, "<Class::Defects::Namesakes>#bar").klass_flags).to eq RubyProf::MethodInfo::CLASS_SINGLETON
      expect(method_info(result, "Defects::Deep#down").recursive?).to be true
      expect(objects.call(result.threads)).to eq before
      expect(before).to be > 0
    end

    it "leaves the program and fibers that begin outside any method apart" do
      script = "result = RubyProf.profile { Fiber.new { 2.fdiv(3) }.resume }.merge!\n" \
               "print result.threads.map { |thread| thread.call_tree.target.full_name }.join(' ')"
      expect(survives(script)).to eq "[global]# [global]#"
    end
  end

  it "9: rows of callers and callees of a recursive method are never more than the whole" do
    result = profile_by_hand { Defects::Deep.new.wait_and_down(9) }
    method = method_info(result, "Defects::Deep#wait_and_down")
    edges = method.call_trees.callers + method.call_trees.callees
    expect(times(method)[:total]).to eq 10_000
    expect(edges.map { |edge| times(edge)[:total] }.max).to eq 10_000
    expect(edges.map(&:called).sum).to eq 1 + 9 + 9
    expect(times(edges.find { |edge| edge.parent&.target == method })[:total]).to eq 9_000
  end

  describe "10: parents that nobody called" do
    it "are not made up for a program on one line" do
      script = "a = RubyProf::Profile.new; a.start; 1.to_s; 2.pred; a.stop; " \
               "print a.threads.flat_map { |thread| thread.methods.map(&:full_name) }.join(' ')"
      expect(survives(script)).to eq "[global]# Integer#to_s Integer#pred"
    end

    it "do not double a total when methods return above the start" do
      made = by_hand
      # Three levels down, so that three methods return after start.
      inside = ->(depth) { depth.zero? ? made.start : Defects::Deep.new.then { inside.call(depth - 1) } }
      inside.call(3)
      ManualClock.advance(1_000)
      made.stop
      expect(method_names(made).grep(/inserted/)).to eq []
      expect(made.threads.map { |thread| times(thread.call_tree)[:total] }).to eq [1_000]
      expect(call_trees_of(made.threads.first).sum { |tree| times(tree)[:self] }).to eq 1_000
    end
  end

  describe "11: deep trees" do
    let(:recorded) { profile { Defects::Deep.new.down(9_500) } }

    [RubyProf::CallStackPrinter, RubyProf::FlameGraphPrinter, RubyProf::GraphHtmlPrinter, RubyProf::DotPrinter].each do |printer|
      it("are printed by #{printer}") { expect(printer.new(recorded).print(+"")).to include("Defects::Deep#down") }
    end

    it "go through Marshal" do
      loaded = Marshal.load(Marshal.dump(recorded))
      expect(calls_of(loaded, "Defects::Deep#down")).to eq 9_501
    end

    it "are visited" do
      deepest = 0
      depth = 0
      RubyProf::CallTreeVisitor.new(recorded.threads.first.call_tree).visit do |_, event|
        depth += event == :enter ? 1 : -1
        deepest = [deepest, depth].max
      end
      expect([depth, deepest > 9_500]).to eq [0, true]
    end

    it "take a line of bounded length each as text" do
      text = RubyProf::CallInfoPrinter.new(recorded).print(+"")
      expect(text.scan("Defects::Deep#down").size).to eq 9_501
      expect(text.lines.map(&:bytesize).max).to be < 1_000
    end
  end

  describe "12: the adapter for Rack" do
    let(:env) { { "SCRIPT_NAME" => "", "PATH_INFO" => "/a", "QUERY_STRING" => "", "rack.errors" => StringIO.new } }

    it "lets an exception of the application through, and reports on it" do
      app = ->(_) { raise KeyError, "the application's own" }
      middleware = Rack::RubyProf.new(app, path: directory, printers: { RubyProf::FlatPrinter => "flat.txt" }, min_percent: 0)
      expect { middleware.call(env) }.to raise_error(KeyError, "the application's own")
      expect(read("a-flat.txt")).to include("Exception#initialize")
    end

    it "puts the files of all printers where it was told to" do
      printers = { RubyProf::CallTreePrinter => "callgrind", RubyProf::MultiPrinter => "multi" }
      elsewhere = File.join(directory, "elsewhere")
      Dir.chdir(directory) { Rack::RubyProf.new(->(_) { [200, {}, []] }, path: elsewhere, printers: printers).call(env) }
      expect(files.map { |name| File.dirname(name) }.uniq).to eq ["elsewhere"]
      expect(files).to include("elsewhere/a.flat.txt").and include(start_with("elsewhere/callgrind.out."))
    end
  end

  describe "12: the command" do
    it "shows the script's exception, and its status" do
      file("fails.rb", "raise KeyError, 'lost key'")
      result = ruby_prof("fails.rb")
      expect(result.stderr).to include("fails.rb:1").and include("lost key (KeyError)")
      expect(result.status.exitstatus).to eq 1
      expect(ruby_prof("missing.rb").stderr).to include("No such file or directory -- missing.rb")
    end

    it "measures memory if asked for it" do
      result = ruby_prof("--mode=memory", "-e", "'x' * 1_000_000")
      expect(result.stdout).to include("Measure Mode: memory")
      expect(result.stdout[/Total: ([\d,.]+)/, 1].delete(",").to_f).to be > 1_000_000
    end

    it "sorts the flat report by self time, as the printer does" do
      expect(ruby_prof("-e", "1.to_s").stdout).to include("Sort by: self_time")
      expect(ruby_prof("-s", "total", "-e", "1.to_s").stdout).to include("Sort by: total_time")
    end

    it "has all printers" do
      expect(ruby_prof("-p", "flame_graph", "-e", "1.to_s").stdout).to start_with("<!DOCTYPE html>")
      expect(ruby_prof("-p", "call_info", "-e", "1.to_s").stdout).to include("Integer#to_s")
    end
  end

  describe "13: the garbage collector" do
    # All that a profile keeps alive, as the garbage collector sees it.
    def reachable(profile)
      require "objspace"
      seen = {}.compare_by_identity
      open = [profile]
      while (object = open.pop)
        ObjectSpace.reachable_objects_from(object)&.each do |found|
          next if found.is_a?(Module) || found.is_a?(ObjectSpace::InternalObjectWrapper) || seen.key?(found)

          seen[found] = true
          open << found
        end
      end
      seen.size
    end

    it "has no more to mark for a larger tree" do
      small = profile { Defects::Deep.new.down(3) }
      large = profile { Defects::Deep.new.down(5_000) }
      expect(call_trees_of(large.threads.first).size).to be > 5_000
      expect(reachable(large)).to be <= reachable(small) + 20
    end

    it "may free fibers while a profile runs" do
      script = <<~RUBY
        profile = RubyProf::Profile.new
        profile.start
        2_000.times { Fiber.new { 1.to_s }.resume }
        GC.start
        alive = ObjectSpace.each_object(Fiber).count
        profile.stop
        puts profile.threads.size, alive
      RUBY
      threads, alive = survives(script).split.map(&:to_i)
      expect(threads).to eq 2_001
      expect(alive).to be < 1_000
    end
  end

  describe "14: a profile" do
    it "keeps what it has when it is started again" do
      made = RubyProf::Profile.new
      2.times { made.profile { Defects::Namesakes.bar } }
      expect(calls_of(made, "<Class::Defects::Namesakes>#bar")).to eq 2
    end

    it "is of the class that was asked for one" do
      heir = Class.new(RubyProf::Profile)
      expect(heir.profile { 1.to_s }).to be_an_instance_of heir
    end

    it "knows its threads after the heap was compacted" do
      skip "this Ruby cannot compact" unless GC.respond_to?(:compact)
      script = <<~RUBY
        made = Array.new(50) { |number| Thread.new { Thread.stop; number.to_s } }
        Thread.pass until made.all?(&:stop?)
        profiles = made.each_slice(25).map { |some| RubyProf::Profile.new(include_threads: some) }
        profiles.push(RubyProf::Profile.new(exclude_threads: made + [Thread.current]))
        begin
          GC.compact
        rescue NotImplementedError
          GC.start
        end
        profiles.each(&:start)
        made.each(&:run).each(&:join)
        profiles.each(&:stop)
        print profiles.map { |each| each.threads.size }.join(" ")
      RUBY
      expect(survives(script)).to eq "25 25 0"
    end

    it "tells objects of two classes apart, wherever the classes are in memory" do
      script = <<~RUBY
        def make(klass, line) = eval("klass.new", binding, __FILE__, line)
        classes = Array.new(2) { Class.new }.sort_by { |klass| klass.inspect[/0x(\\h+)/, 1].hex }
        low, high = classes.map { |klass| klass.inspect[/0x(\\h+)/, 1].hex }
        # ruby-prof adds the line to 16 times the address.
        distance = (high - low) * 16
        result = RubyProf.profile(track_allocations: true) { make(classes[0], 100 + distance); make(classes[1], 100) }
        counts = result.threads.first.methods.flat_map(&:allocations).select { |found| found.klass_name.start_with?("#<Class") }
        print counts.map(&:klass_name).uniq.size, " ", counts.sum(&:count)
      RUBY
      expect(survives(script)).to eq "2 2"
    end
  end
end
