# frozen_string_literal: true

require "command"

# What needs all nine printers.
RSpec.describe "all printers", stress: false do
  include Command

  before { file("script.rb", "def work = 1\nwork\n") }

  %w[flat graph graph_html call_stack flame_graph call_info dot].each do |name|
    it "can be chosen: #{name}" do
      ended = ruby_prof("-p", name, "script.rb")
      expect([ended.stderr, ended.status.exitstatus]).to eq ["", 0]
      expect(ended.stdout).to include "work"
      ruby_prof("-p", name, "-f", "report", "-m", "0", "-s", "self", "script.rb")
      expect(read("report")).to include "work"
    end
  end

  it "can be chosen: call_tree, with a directory that is made" do
    ended = ruby_prof("-p", "call_tree", "-f", "a/b", "script.rb")
    expect([ended.stdout, ended.stderr, ended.status.exitstatus]).to eq ["", "", 0]
    expect(files("a/b/**/*").map { |name| read(name) }.join).to include "work"
    ruby_prof("-p", "call_tree", "script.rb")
    expect(files("*callgrind*")).not_to be_empty
  end

  it "can be chosen: multi, forked processes under names of their own" do
    ruby_prof("-p", "multi", "-f", "out", "-e", "def work = 1; work; fork { work }; Process.wait")
    expect(files("out/*")).to include("out/profile.flat.txt", "out/profile.graph.html")
    expect(files("out/*").grep(/profile\.\d+\.flat\.txt/).length).to eq 1
  end

  it "write what Rack::RubyProf writes by default" do
    Rack::RubyProf.new(->(_env) { [200, {}, []] }, path: directory).call("PATH_INFO" => "/a/b")
    expect(files).to eq %w[a-b-call_stack.html a-b-flat.txt a-b-graph.html a-b-graph.txt script.rb]
  end

  it "go where Rack::RubyProf says, callgrind files and several at once too" do
    printers = { RubyProf::CallTreePrinter => "callgrind", RubyProf::MultiPrinter => "multi" }
    Dir.mkdir("#{directory}/cwd")
    errors = StringIO.new
    Dir.chdir("#{directory}/cwd") do
      Rack::RubyProf.new(->(_env) { [200, {}, []] }, path: "#{directory}/out", printers: printers)
                    .call("PATH_INFO" => "/a/b", "rack.errors" => errors)
    end
    expect(errors.string).to eq ""
    expect(files("cwd/**/*")).to be_empty
    expect(files("out/**/*")).to include("out/a-b.flat.txt", a_string_matching(%r{\Aout/callgrind\.out\..*a-b\z}))
  end
end
