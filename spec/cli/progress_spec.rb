# frozen_string_literal: true

require "command"
require "pty"

RSpec.describe "ruby-prof's progress", stress: false do
  include Command

  # What a terminal shows that is the program's stderr. `constants` replace those of ReportWriter.
  def terminal(constants = "")
    code = "module RubyProf; class ReportWriter; #{constants}; end; end"
    shown, terminal = PTY.open
    pid = spawn(Subprocess::CLEAN, RbConfig.ruby, "-I", Command::LIBRARY, Command::EXE, "-f", "r.txt", "-E", code, "-e", "1.to_s",
                chdir: directory, err: terminal)
    terminal.close
    Process.wait(pid)
    shown.readpartial(1000)
  rescue EOFError, Errno::EIO
    ""
  ensure
    shown.close
  end

  it "is told of a report on many call paths, before and after" do
    expect(terminal("remove_const(:MANY_CALL_PATHS); MANY_CALL_PATHS = 0"))
      .to match(/\Aruby-prof: writing flat \(2 call paths\) \.\.\. \d+\.\d s\r\n\z/)
  end

  it "is told of a report that took long" do
    expect(terminal("remove_const(:LONG); LONG = -1")).to match(/\Aruby-prof: writing flat \(2 call paths\) \.\.\. \d+\.\d s\r\n\z/)
  end

  it "is not told of a short one, nor where nobody looks" do
    expect(terminal("remove_const(:LONG); LONG = 1e9")).to eq ""
    many = "module RubyProf; class ReportWriter; remove_const(:MANY_CALL_PATHS); MANY_CALL_PATHS = 0; end; end"
    expect(ruby_prof("-f", "r.txt", "-E", many, "-e", "1.to_s").stderr).to eq ""
  end
end
