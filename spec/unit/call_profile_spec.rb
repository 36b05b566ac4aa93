# frozen_string_literal: true

require "call_profiles/program"
require "json"
require "ruby-prof/counting"
require "tmpdir"

RSpec.describe RubyProf::CallProfile do
  # Filter's and Counting's, which are internal.
  method_struct = Struct.new(:full_name, :klass_name, :klass_flags, :name, :file, :line)
  edge_struct = Struct.new(:callee, :caller, :file, :line, :called)
  counts_struct = Struct.new(:edges)

  define_method(:m) do |full_name, file, line = 1|
    klass, name = full_name.split("#", 2)
    method_struct.new(full_name, klass, 0, name, file && File.expand_path(file), line)
  end

  define_method(:global) { method_struct.new("[global]#", nil, 0, nil, nil, 0) }

  define_method(:counts) do |*rows|
    counts_struct.new(rows.map { |callee, caller, called, file| edge_struct.new(callee, caller, file || caller.file, 1, called) })
  end

  def table(profile)
    profile.names.to_h { |name| [name, profile.callers(name)] }
  end

  def made(edges, **options)
    described_class.new(edges.flat_map { |callee, callers| callers.map { |caller, called| [callee, caller, called] } }, **options)
  end

  def in_directory
    Dir.mktmpdir { |directory| Dir.chdir(File.realpath(directory)) { yield Dir.pwd } }
  end

  describe "of a program" do
    golden = File.join(SPEC_ROOT, "support/call_profiles/program.json")
    let(:of_profile) { described_class.of(profile { CallProfileProgram.call }, including: [/CallProfileProgram/]) }
    let(:of_counts) { described_class.of(RubyProf.module_eval("Counting", __FILE__, __LINE__).run { CallProfileProgram.call }, including: [/CallProfileProgram/]) }

    it "is what the file says, on every Ruby, by profile and by counter" do
      CallProfileProgram.call # Nothing is loaded or cached later.
      File.write(golden, of_counts.to_json) if ENV["UPDATE_GOLDEN"]
      expect(of_counts.difference(described_class.load(golden)).to_s).to eq ""
      expect(of_counts.to_json).to eq File.read(golden, encoding: "UTF-8")
      expect(of_profile.to_json).to eq of_counts.to_json
    end

    it "is the same of a saved profile" do
      Dir.mktmpdir do |directory|
        path = File.join(directory, "a.rbprof")
        result = profile { CallProfileProgram.call }
        result.save(path)
        expect(described_class.of(RubyProf.load(path), including: [/CallProfileProgram/])).to eq described_class.of(result, including: [/CallProfileProgram/])
      end
    end
  end

  describe "names" do
    it "are those of own code; callers elsewhere go by their places" do
      own = m("Shop#buy", "lib/shop.rb")
      ruby = RbConfig::CONFIG["rubylibdir"]
      profile = described_class.of(counts(
        [own, m("Cart#pay", "app/cart.rb"), 1], [own, m("Array#map", nil), 2], [own, m("Set#each", "#{ruby}/set.rb"), 4],
        [own, m("Integer#times", nil).tap { |each| each.file = "<internal:numeric>" }, 8],
        [own, m("Rack::Lint#call", "/x/gems/rack-3.1.0/lib/rack/lint.rb"), 16], [own, m("Rack::Head#call", "/x/gems/rack-3.1.0/lib/rack/head.rb"), 32],
        [own, m("Git#call", "/x/bundler/gems/git-tool-0a1b2c3/lib/git.rb"), 64], [own, m("Other#call", "/elsewhere/other.rb"), 128],
        [m("Array#map", nil), own, 256], [m("Rack::Lint#call", "/x/gems/rack-3.1.0/lib/rack/lint.rb"), own, 512]
      ))
      expect(table(profile)).to eq "Shop#buy" => {
        "Cart#pay" => 1, "(ruby)" => 14, "(gem rack)" => 48, "(gem git-tool)" => 64, "(elsewhere)" => 128
      }
      expect([profile.called, profile.called("Shop#buy"), profile.called("None#none")]).to eq [255, 255, 0]
    end

    it "of gems that came with a Ruby are Ruby's, wherever they are" do
      own = m("Shop#buy", "lib/shop.rb")
      profile = described_class.of(counts(
        [own, m("JSON#a", "/x/gems/json-2.9.1/lib/json.rb"), 1], [own, m("Logger#a", "/usr/lib/ruby/3.9.0/logger.rb"), 2],
        [own, m("Gem#a", "/usr/lib/ruby/vendor_ruby/rubygems.rb"), 4], [own, m("RSpec#a", "/usr/lib/ruby/vendor_ruby/rspec/core/a.rb"), 8],
        [own, m("Rvm#a", "/home/me/.rvm/gems/ruby-3.1.0/gems/rack-3.1.0/lib/rack.rb"), 16]
      ))
      expect(table(profile)).to eq "Shop#buy" => { "(ruby)" => 7, "(gem rspec)" => 8, "(gem rack)" => 16 }
    end

    it "of tests are (test), by directory and by name, wherever the code is in it" do
      own = m("Shop#buy", "lib/shop.rb")
      tests = ["spec/a.rb", "test/b/c.rb", "engines/a/spec/x.rb", "spec/dummy/app/a.rb", "a_spec.rb", "b_test.rb", "test_c.rb"]
      programs = ["lib/rack/test/utils.rb", "app/models/load_test.rb", "lib/test_case.rb", "config/a.rb"]
      tests.each do |file|
        by_method = described_class.of(counts([own, m("A#a", file), 1], [m("A#a", file), own, 5]))
        by_block = described_class.of(counts([own, global, 1, File.expand_path(file)]))
        expect([file, table(by_method), table(by_block)]).to eq [file, { "Shop#buy" => { "(test)" => 1 } }, { "Shop#buy" => { "(test)" => 1 } }]
      end
      programs.each do |file|
        expect([file, described_class.of(counts([own, m("A#a", file), 1])).callers("Shop#buy")]).to eq [file, { "A#a" => 1 }]
        expect([file, described_class.of(counts([own, global, 1, File.expand_path(file)])).callers("Shop#buy")]).to eq [file, { "(top level)" => 1 }]
      end
      expect(described_class.of(counts([m("A#a", "spec/a.rb"), own, 5]), including: ["A#a"]).names).to eq ["A#a"]
    end

    it "take others, and leave out" do
      json = method_struct.new("<Module::JSON>#generate", "JSON", RubyProf::MethodInfo::MODULE_SINGLETON, "generate", "/x/gems/json-2.9.1/lib/json.rb", 1)
      shop = m("Shop#buy", "lib/shop.rb")
      logger = m("Logs#info", "lib/logs.rb")
      rows = counts([json, shop, 1], [shop, logger, 2], [logger, shop, 4])
      expect(table(described_class.of(rows))).to eq "Shop#buy" => { "Logs#info" => 2 }, "Logs#info" => { "Shop#buy" => 4 }
      expect(table(described_class.of(rows, including: ["JSON.generate"], ignore: ["Logs#info"])))
        .to eq "Shop#buy" => { "(ignored)" => 2 }, "<Module::JSON>#generate" => { "Shop#buy" => 1 }
      expect(described_class.of(rows, including: ["JSON.*"], ignore: ["Log*#*"])).to eq described_class.of(rows, including: ["JSON.generate"], ignore: ["Logs#info"])
      expect(described_class.of(rows, only: ["JSON"]).names).to eq ["<Module::JSON>#generate"]
      expect { described_class.of(rows, ignore: [1]) }.to raise_error(ArgumentError, /no pattern/)
      expect { described_class.of(1) }.to raise_error(TypeError, /RubyProf::Profile, not of Integer/)
      expect { described_class.of(BasicObject.new) }.to raise_error(TypeError, /BasicObject/)
    end

    it "have no line, path or address: moved code is the same" do
      result = lambda do |directory, lines|
        in_directory do |here|
          path = File.join(here, directory, "moved.rb")
          FileUtils.mkdir_p(File.dirname(path))
          File.write(path, "#{"\n" * lines}class MovedCode; def a = [1].each { b }; def b = Class.new { def c = 1 }.new.c; end\n")
          load path
          described_class.of(profile { MovedCode.new.a }).to_json
        ensure
          Object.send(:remove_const, :MovedCode)
        end
      end
      one = result.("lib", 0)
      expect(one).to eq result.("app/models", 40)
      expect(one).to include '"#<Class>#c": { "called": 1'
      expect(one).not_to match(%r{0x|/|\.rb})
    end

    it "are text, whatever they are" do
      names = ["A#\xFF\xFE".b, "A#\xC3\xA9".b, "A#\u00E9".encode("ISO-8859-1"), "A#\u{1F600}", "A#a\"\\\n\e[31m</script>", "A#\u2028", "A##{"x" * 1_000_000}"]
      rows = names.map { |name| [method_struct.new(name, "A", 0, "x", File.expand_path("a.rb"), 1), m("B#b", "b.rb"), 1] }
      profile = described_class.of(counts(*rows))
      expect(profile.names).to include('A#\xFF\xFE', "A#\u00E9")
      expect(profile.called("A#\u00E9")).to eq 2
      in_directory do
        profile.save("a.json")
        expect(described_class.load("a.json")).to eq profile
        expect(JSON.parse(File.read("a.json", encoding: "UTF-8"))["methods"].keys).to eq profile.names
      end
      shown = profile.difference(made({})).to_s
      expect(shown.lines.map(&:length).max).to be < 400
      expect(shown).not_to match(/[\e\u2028]/)
      expect(shown.lines.size).to eq 12
    end
  end

  describe "of a Profile" do
    it "finds the method in which a block is written" do
      in_directory do
        File.write("blocks.rb", <<~RUBY)
          BLOCK_ABOVE = proc { BlockWriter.new.above }
          class BlockWriter
            def above = nil
            def yields = yield
            def deep(&block) = yields { each_twice(&block) }
            def each_twice = 2.times { yield }
            def outer = deep { [1].each { inner } }
            def inner = nil
            def last = BLOCK_ABOVE.call
          end
          BLOCK_WRITER = proc { BlockWriter.new.inner }
        RUBY
        load "./blocks.rb"
        work = -> { BlockWriter.new.outer; BLOCK_WRITER.call; BlockWriter.new.last }
        of_profile = described_class.of(profile(&work))
        expect(table(of_profile)).to include("BlockWriter#inner" => { "(top level)" => 1, "BlockWriter#outer" => 2 }, "BlockWriter#yields" => { "BlockWriter#deep" => 1 },
                                             "BlockWriter#each_twice" => { "BlockWriter#deep" => 1 }, "BlockWriter#above" => { "(top level)" => 1 })
        expect(described_class.of(RubyProf.module_eval("Counting", __FILE__, __LINE__).run(&work))).to eq of_profile
      ensure
        %i[BlockWriter BLOCK_WRITER BLOCK_ABOVE].each { |name| Object.send(:remove_const, name) if Object.const_defined?(name) }
      end
    end

    # Its lines are those of the text, in a file of its own.
    it "finds the method that runs text" do
      in_directory do
        File.write("texts.rb", <<~RUBY)
          class TextPost
            def author = 1
            def title = 1
          end
          class TextBlog
            def index = render(TextPost.new)
            def render(post) = ERB.new("<%= post.author %>\\n\\n<% 2.times { %><%= post.title %><% } %>\\n\\n\\n<%= post.author %>").result(binding)
            def evals(post)
              eval("post.author")
              eval("\\n\\n2.times { post.author }", binding)
              Kernel.eval("post.author", binding)
              binding.eval("each_of { post.title }")
            end
            def each_of = yield
            def made
              TextPost.new.instance_eval("author")
              TextPost.new.instance_eval("\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\n\\ntitle", "x.rb")
              TextBlog.class_eval("def one = tap { TextPost.new.title }", "made.rb", 1) unless respond_to?(:one)
              TextBlog.class_eval("\\n\\n\\ndef two = tap { TextPost.new.title }") unless respond_to?(:two)
              TextBlog.class_eval("TextPost.new.author")
              one && two && passed { TextPost.new.title }
            end
            def passed(&block) = TextBlog.class_eval(&block)
          end
        RUBY
        load "./texts.rb"
        require "erb"
        work = lambda do
          TextBlog.new.index
          TextBlog.new.evals(TextPost.new)
          TextBlog.new.made
        end
        work.call # ERB loads a library.
        of_profile = described_class.of(profile(&work))
        expect(table(of_profile)).to include(
          "TextPost#author" => { "TextBlog#render" => 2, "TextBlog#evals" => 4, "TextBlog#made" => 2 },
          "TextPost#title" => { "TextBlog#render" => 2, "TextBlog#evals" => 1, "TextBlog#made" => 2, "TextBlog#one" => 1, "TextBlog#two" => 1 }
        )
        expect(described_class.of(RubyProf.module_eval("Counting", __FILE__, __LINE__).run(&work))).to eq of_profile
      ensure
        %i[TextPost TextBlog].each { |name| Object.send(:remove_const, name) if Object.const_defined?(name) }
      end
    end

    it "counts calls of all threads and fibers, and no root" do
      result = profile { 2.times { Thread.new { CallProfileProgram.call }.join } }
      found = described_class.of(result, including: [/CallProfileProgram/])
      expect(found.called("<Module::CallProfileProgram>#call")).to eq 2
      expect(found.called("CallProfileProgram::Shelf#yielded")).to eq 6
      expect { described_class.of(RubyProf::Profile.new.start.tap { |each| @running = each }) }.to raise_error(ArgumentError, /running/)
      @running.stop
      expect(described_class.of(RubyProf::Profile.new)).to be_empty
    end

    it "knows whether methods in C were seen" do
      with, without = [true, false].map do |c_calls|
        described_class.of(RubyProf::Profile.new(c_calls: c_calls).profile { CallProfileProgram.call }, including: [/CallProfileProgram/])
      end
      expect([with.c_calls?, without.c_calls?]).to eq [true, false]
      expect(without.callers("CallProfileProgram::Version#<=>")).to eq "CallProfileProgram::Shelf#order" => 5, "CallProfileProgram::Shelf#compare" => 5
      expect(without.difference(with).c_calls_differ?).to be true
      expect(with.difference(with).c_calls_differ?).to be false
    end
  end

  describe "as a file" do
    let(:text) do
      <<~JSON
        {
          "format": "ruby-prof call profile",
          "version": 1,
          "c_calls": true,
          "methods": {
            "A#a": { "called": 3, "callers": {
              "(ruby)": 1,
              "B#b": 2
            } },
            "B#b": { "called": 1, "callers": {
              "(test)": 1
            } }
          }
        }
      JSON
    end

    it "is sorted JSON, a method or a caller a line" do
      profile = made({ "B#b" => { "(test)" => 1 }, "A#a" => { "B#b" => 2, "(ruby)" => 1 } })
      expect(profile.to_json).to eq text
      expect(JSON.parse(JSON.generate([profile]))).to eq [JSON.parse(text)]
      expect(JSON.parse(made({}).to_json)["methods"]).to eq({})
      in_directory do
        profile.save("a.json")
        expect(File.read("a.json")).to eq text
        expect(described_class.load("a.json")).to eq profile
        expect(described_class.load("a.json").hash).to eq profile.hash
        made({}, c_calls: false).save("b.json")
        expect(described_class.load("b.json")).to be_empty
        expect(described_class.load("b.json").c_calls?).to be false
      end
    end

    it "takes what an editor makes of it" do
      in_directory do
        File.binwrite("a.json", "\uFEFF#{text.gsub(/\s+/, " ")}\r\n")
        expect(described_class.load("a.json").called).to eq 4
      end
    end

    it "says what is wrong with it" do
      {
        "" => /is damaged/, "[]" => /is no call profile/, "{}" => /is no call profile/, "{\xFF" => /UTF-8/, "\xFF{" => /is no call profile/, "<!DOCTYPE html>" => /is no call profile/, "[" * 100_000 => /is damaged/,
        text[0, 100] => /is damaged/, text.sub('"version": 1', '"version": 2') => /later release \(version 2, .* up to 1\): update/,
        text.sub('"version": 1', '"version": "1"') => /version is no number/, text.sub("true", "7") => /c_calls/,
        text.sub('"called": 3', '"called": 4') => /A#a is called 4 times, its callers call it 3 times/,
        text.sub('"B#b": 2', '"B#b": -2') => /A#a has no numbers/, text.sub('"B#b": 2', '"B#b": 2.5') => /A#a has no numbers/,
        text.sub(/"methods".*/m, "\"methods\": []}") => /no methods/, text.sub(/"callers".*?\} \}/m, '"callers": 1 }') => /A#a has no numbers/,
        "<<<<<<< HEAD\n#{text}\n=======\n#{text}\n>>>>>>> other\n" => /conflicts of a merge/,
        text.sub('"B#b": 2', '"B#b": 2, "B#b": 3') => /"B#b" is in there twice/, text.sub('"methods"', '"format": 1, "methods"') => /"format" is in there twice/,
        "{ \"a\": \e[31m#{"x" * 1_000_000}" => /\Aa\.json is damaged \((?!\d)[^\e]*\z/
      }.each do |content, message|
        in_directory do
          File.binwrite("a.json", content)
          expect { described_class.load("a.json") }.to raise_error(RubyProf::FormatError, message)
          expect { described_class.load("a.json") }.to raise_error(/\Aa\.json .{5,280}\z/)
        end
      end
      in_directory do
        File.write("a\n\e[1m.json", "1")
        expect { described_class.load("a\n\e[1m.json") }.to raise_error(RubyProf::FormatError, 'a\n\e[1m.json is no call profile: write one with `ruby-prof check --write`')
      end
      expect { described_class.load("/none.json") }.to raise_error(Errno::ENOENT)
      expect { made({}).save("/none/a.json") }.to raise_error(RubyProf::OutputError, /cannot be saved as/)
    end
  end

  describe "as a difference" do
    let(:before) { made({ "A#same" => { "T#t" => 1 }, "A#more" => { "T#t" => 10, "T#u" => 1 }, "A#gone" => { "T#t" => 7 }, "A#moved" => { "T#t" => 2 }, "A#less" => { "T#t" => 3 } }) }
    let(:after) { made({ "A#same" => { "T#t" => 1 }, "A#more" => { "T#t" => 110, "T#u" => 1 }, "A#new" => { "T#t" => 1500 }, "A#moved" => { "T#v" => 2 }, "A#less" => { "T#t" => 2 } }) }
    let(:difference) { after.difference(before) }

    it "has what came, went, grew, shrank and moved, biggest first" do
      expect(difference.changes.map { |each| [each.name, each.kind, each.before, each.after, each.growth] }).to eq [
        ["A#new", :added, 0, 1500, 1500], ["A#more", :grown, 11, 111, 100], ["A#gone", :removed, 7, 0, -7], ["A#less", :shrunk, 3, 2, -1], ["A#moved", :moved, 2, 2, 0]
      ]
      expect(difference.of_kind(:added, :moved).map(&:name)).to eq ["A#new", "A#moved"]
      expect(difference.changes.map(&:percent)).to eq [nil, 100 * 100.0 / 11, -100.0, 100.0 / -3, 0.0]
      expect(difference.changes[1].callers.map { |each| [each.name, each.before, each.after] }).to eq [["T#t", 10, 110]]
      expect(difference.changes.last.callers.map { |each| [each.name, each.kind] }).to eq [["T#t", :removed], ["T#v", :added]]
      expect(difference.empty?).to be false
      expect(before.difference(before).empty?).to be true
    end

    it "is a table" do
      expect("#{difference}\n").to eq <<~TEXT.gsub(/^/, "  ")
        + A#new        0 -> 1,500  new
            from T#t   0 -> 1,500
        + A#more      11 ->   111  x10
            from T#t  10 ->   110
        - A#gone       7 ->     0  gone
            from T#t   7 ->     0
        - A#less       3 ->     2  -33%
            from T#t   3 ->     2
        ~ A#moved      2 ->     2  other callers
            from T#t   2 ->     0
            from T#v   0 ->     2
      TEXT
      expect(difference.to_s(limit: 2).lines.last).to eq "  and 3 more methods"
      expect(difference.to_s(limit: 4).lines.last).to eq "  and 1 more method"
      expect(made({ "A#a" => (1..8).to_h { |n| ["C#c#{n}", n] } }).difference(before).to_s).to match(/^      from C#c4 +0 ->  4\n      and 3 more callers\n  - A#more/)
    end

    it "names methods as people do" do
      shown = made({ "<Class::Store>#query" => { "<Module::Store::Cache>#fetch" => 1 }, "<Object::Store>#one" => { "#<Class>#run" => 1 } }).difference(made({})).to_s
      expect(shown.gsub(/ +0 -> 1.*/, "")).to eq <<~TEXT.chomp.gsub(/^/, "  ")
        + Store.query
            from Store::Cache.fetch
        + <Object::Store>#one
            from #<Class>#run
      TEXT
    end

    it "has colours on request" do
      lines = difference.to_s(color: true).lines(chomp: true)
      expect(lines.map { |line| line[/\A\e\[0m\e\[(\d+)m.*\e\[0m\z/, 1] }).to eq %w[31 2 31 2 32 2 32 2 33 2 2]
      expect(difference.to_s(color: true).gsub(/\e\[\d+m/, "")).to eq difference.to_s
    end

    it "says small and large growth readably" do
      note = ->(from, to) { made({ "A#a" => { "B#b" => to } }).difference(made({ "A#a" => { "B#b" => from } })).to_s.lines.first[/\S+$/] }
      expect([note.(1, 2), note.(1, 101), note.(3, 20), note.(1, 12_000), note.(100, 199), note.(1000, 1001), note.(100_000, 100_001), note.(100_000, 99_999), note.(200, 199)])
        .to eq %w[x2 x101 x6.7 x12,000 +99% +0.1% +<0.1% -<0.1% -0.5%]
    end

    it "tolerates what it is told to" do
      names = ->(within) { after.difference(before, within: within).changes.map(&:name) }
      expect(names.(nil)).to eq names.(0)
      expect(names.("2%")).to eq names.(nil)
      expect(names.(2)).to eq %w[A#new A#more A#gone]
      expect(names.("100%")).to eq %w[A#new A#more A#moved]
      expect(names.({ "A#more" => 100, /gone/ => "100%" })).to eq %w[A#new A#less A#moved]
      expect(names.({ "A#m*" => "1000%" })).to eq %w[A#new A#gone A#less A#moved]
      one, other = [100, 102].map { |called| made({ "A#a" => { "B#b" => called } }) }
      expect(other.difference(one, within: "2%")).to be_empty
      expect(other.difference(one, within: "1.99 %")).not_to be_empty
      expect(one.difference(other, within: "1.97%")).to be_empty
      expect(one.difference(other, within: "1.96%")).not_to be_empty
      expect(other.difference(one, within: 2)).to be_empty
      expect(other.difference(one, within: 1)).not_to be_empty
    end

    it "tolerates by Method objects" do
      one, other = [5, 9].map { |called| made({ "CallProfileProgram::Shelf#put" => { "B#b" => called }, "<Class::CallProfileProgram::Version>#parse" => { "B#b" => called } }) }
      within = { CallProfileProgram::Shelf.instance_method(:put) => 4, CallProfileProgram::Version.method(:parse) => 4 }
      expect(other.difference(one, within: within).changes.map(&:name)).to eq []
      expect(other.difference(one, within: { CallProfileProgram::Shelf => 4, "CallProfileProgram::Version.parse" => 4 })).to be_empty
    end

    it "refuses what is no tolerance" do
      [-1, 2.5, "2", "-2%", "x%", :any, [], "%", { "A#a" => "2" }, { 1 => 2 }, "\xFF%"].each do |within|
        expect { after.difference(before, within: within) }.to raise_error(ArgumentError), within.inspect
      end
      expect { after.difference(before, within: "2") }.to raise_error(ArgumentError, /"2" is no tolerance: give "2%", a number of calls/)
    end
  end

  it "adds up" do
    sum = described_class.sum([made({ "A#a" => { "B#b" => 1 } }), made({ "A#a" => { "B#b" => 2, "C#c" => 3 }, "D#d" => { "A#a" => 4 } }, c_calls: false)])
    expect(table(sum)).to eq "A#a" => { "B#b" => 3, "C#c" => 3 }, "D#d" => { "A#a" => 4 }
    expect([sum.c_calls?, sum.called, sum.inspect]).to eq [false, 10, "#<RubyProf::CallProfile 2 methods, 10 calls>"]
  end

  it "refuses what is none" do
    [[["A#a", "B#b"]], [["A#a", nil, 1]], [[:a, "B#b", 1]], [["A#a", "B#b", 1.5]], [["A#a", "B#b", -1]], [1]].each do |edges|
      expect { described_class.new(edges) }.to raise_error(ArgumentError, /an edge is/)
    end
    expect(described_class.new([["A#a", "B#b", 0]])).to be_empty
    expect { made({}).difference({}) }.to raise_error(TypeError, /not from Hash/)
    expect(made({}) == {}).to be false
  end
end
