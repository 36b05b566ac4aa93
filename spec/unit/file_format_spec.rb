# frozen_string_literal: true

require_relative "../support/profile_file_reader"

# docs/file-format.md is true: a reader that was written after it finds in a file what is there.
RSpec.describe "docs/file-format.md" do
  golden = File.expand_path("../../crates/rubyprof-file/tests/golden", __dir__)

  def quoted(text)
    %("#{text.gsub("\\") { "\\\\" }.gsub("\n", "\\n")}")
  end

  def place(place)
    "file #{place[:file] || "none"} line #{place[:line]}"
  end

  def head(profile)
    ["measure mode #{profile[:measure_mode]}",
     "track allocations #{profile[:track_allocations]}",
     "c calls #{profile[:c_calls]}",
     "clock #{quoted(profile[:clock])}"]
  end

  def overhead(profile)
    ["operators #{profile[:operators]}",
     "compensated #{profile[:compensated]}",
     *profile[:costs].map { |kind, cost| "cost #{kind} inner #{cost[:inner]} outer #{cost[:outer]}" },
     "cost new path #{profile[:new_path]} object #{profile[:object]} switch #{profile[:switch]}",
     "cost spread #{profile[:spread]} unknown #{profile[:unknown]}",
     *profile[:unexplained].map { |overhead| "unexplained #{overhead}" },
     *profile[:overheads].map { |overhead| "overhead #{overhead}" },
     *profile[:gcs].map { |node, value| "gc node #{node} value #{value}" },
     *profile[:collections].map { |node, value| "collections node #{node} value #{value}" },
     *stops(profile),
     *profile[:cpus].map { |cpu| "cpu #{cpu || "none"}" },
     *profile[:folded].map { |node, value| "folded node #{node} calls #{value}" },
     *profile[:recursive].map { |node, value| "recursive node #{node} calls #{value}" },
     *profile[:untimed].map { |node, value| "untimed node #{node} calls #{value}" },
     *profile[:latencies].flat_map { |node, latency| latency(node, latency) }]
  end

  def stops(profile)
    blocked = profile[:blocked].to_h
    gvl_waits = profile[:gvl_waits].to_h
    (blocked.keys | gvl_waits.keys).sort.map { |node| "stop node #{node} blocked #{blocked.fetch(node, 0)} gvl #{gvl_waits.fetch(node, 0)}" }
  end

  def latency(node, latency)
    ["latency node #{node} min #{latency[:min]} max #{latency[:max]}",
     *latency[:calls].map { |bucket, calls| "latency bucket #{bucket} calls #{calls}" }]
  end

  def files(profile)
    profile[:files].map { |file| "file #{quoted(file)}" }
  end

  def methods_and_threads(profile)
    profile[:methods].map do |row|
      name = row[:name] ? quoted(row[:name]) : "none"
      "method class #{quoted(row[:class_name])} kind #{row[:kind]} name #{name} #{place(row[:place])}"
    end +
      profile[:sites].map { |site| "site #{place(site)}" } +
      profile[:threads].map { |row| "thread id #{row[:id]} fiber #{row[:fiber_id]} root #{row[:root]}" }
  end

  def nodes(profile)
    profile[:nodes].map do |row|
      "node parent #{row[:parent] || "none"} end #{row[:end]} method #{row[:method]} called #{row[:called]} " \
        "total #{row[:total]} own #{row[:own]} site #{row[:site]}"
    end + profile[:waits].map { |node, value| "wait node #{node} value #{value}" }
  end

  def allocations(profile)
    profile[:allocations].map do |row|
      "allocation thread #{row[:thread]} method #{row[:method]} class #{quoted(row[:class_name])} " \
        "kind #{row[:kind]} #{place(row[:place])} count #{row[:count]} bytes #{row[:bytes]}"
    end
  end

  [1, 2].each do |version|
    it "says how a file of version #{version} is read" do
      profile = ProfileFileReader.read("#{golden}/version_#{version}.rbprof")
      lines = head(profile) + (version > 1 ? overhead(profile) : []) + files(profile) + methods_and_threads(profile) +
              nodes(profile) + allocations(profile)
      expect(lines).to eq File.readlines("#{golden}/version_#{version}.txt", chomp: true, encoding: Encoding::UTF_8)
    end
  end

  it "shows the first bytes of that file" do
    document = File.read(File.expand_path("../../docs/file-format.md", __dir__), encoding: Encoding::UTF_8)
    shown = document[/^```hex\n(.*?)^```/m, 1].lines.flat_map { |line| line[/\A(?:\h\h )+/].split }
    file = File.binread("#{golden}/version_2.rbprof")
    expect(shown).to eq(file.unpack("C36").map { |byte| format("%02x", byte) })
  end
end
