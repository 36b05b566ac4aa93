# frozen_string_literal: true

require "zlib"

# Reads a profile file after docs/file-format.md, which it is to prove: it knows nothing of the Rust code,
# and looks at everything twice only where the document says to.
class ProfileFileReader
  MAGIC = "\x89RbPr\r\n\x1A".b

  # Everything in the file, as Hashes and Arrays.
  def self.read(path)
    bytes = File.binread(path)
    new(body(bytes), bytes.unpack1("@8 L<")).profile
  end

  def self.body(bytes)
    header = bytes.byteslice(0, 36)
    magic, version, stored_length, body_length, checksum, own_checksum = header.unpack("a8 L< Q< Q< L< L<")
    stored = bytes.byteslice(36..)
    raise "not a profile" unless magic == MAGIC
    raise "damaged header" unless Zlib.crc32(header.byteslice(0, 32)) == own_checksum
    raise "version #{version}" unless [1, 2].include?(version)
    raise "wrong length" unless stored.bytesize == stored_length
    raise "damaged body" unless Zlib.crc32(stored) == checksum

    body = Zlib::Inflate.inflate(stored)
    raise "wrong length of the body" unless body.bytesize == body_length

    body
  end

  def initialize(body, version)
    @bytes = body
    @version = version
    @at = 0
  end

  def profile
    profile = {
      measure_mode: byte, track_allocations: flag, c_calls: flag, clock: text,
      files: list { text },
      methods: list { { class_name: text, kind: byte, name: (text if flag), place: place } },
      sites: list { place },
      threads: list { { id: number, fiber_id: number } },
      nodes: nodes,
      waits: exceptions,
      allocations: list do
        { thread: number, method: number, class_name: text, kind: byte, place: place, count: number, bytes: number }
      end
    }
    profile.merge!(overhead) if @version == 2
    raise "the body goes on" unless @at == @bytes.bytesize

    roots = profile[:nodes].each_index.select { |index| profile[:nodes][index][:parent].nil? }
    profile[:threads].each_with_index { |thread, index| thread[:root] = roots.fetch(index) }
    profile
  end

  private

  # What version 2 has beyond version 1.
  def overhead
    {
      operators: flag, compensated: flag,
      costs: %i[ruby c operator].to_h { |kind| [kind, { inner: number, outer: number }] },
      new_path: number, object: number, switch: number, spread: number, unknown: number,
      unexplained: list { number }, overheads: list { number }, gcs: exceptions,
      collections: exceptions, blocked: exceptions, gvl_waits: exceptions, cpus: list { (number if flag) },
      folded: exceptions, recursive: exceptions, untimed: exceptions, latencies: latencies
    }
  end

  # By node: the shortest call, the longest, and calls by bucket.
  def latencies
    skips, mins, spans, others, gaps, calls = Array.new(6) { list { number } }
    node = -1
    skips.each_index.to_h do |index|
      counts = Hash.new(0)
      counts[bucket(mins[index])] += 1
      counts[bucket(mins[index] + spans[index])] += 1 if spans[index].positive?
      after = bucket(mins[index]) - 1
      others[index].times { counts[after += gaps.shift + 1] += calls.shift }
      [node += skips[index] + 1, { min: mins[index], max: mins[index] + spans[index], calls: counts.sort }]
    end
  end

  def bucket(value)
    shift = [value.bit_length - 4, 0].max
    (8 * shift) + (value >> shift)
  end

  def byte
    @bytes.getbyte(@at).tap { @at += 1 }
  end

  def flag
    { 0 => false, 1 => true }.fetch(byte)
  end

  # Seven bits a byte, the lowest first; the eighth says that more follow.
  def number
    value = shift = 0
    loop do
      bits = byte
      value |= (bits & 0x7f) << shift
      return value if bits < 0x80

      shift += 7
    end
  end

  def text
    length = number
    @bytes.byteslice(@at, length).force_encoding(Encoding::UTF_8).tap { @at += length }
  end

  def list(&block)
    Array.new(number) { block.call }
  end

  def place
    { file: number.then { |file| file.zero? ? nil : file - 1 }, line: number }
  end

  # Numbers that only some nodes have: by node.
  def exceptions
    node = -1
    list { [node += number + 1, number] }.to_h
  end

  def nodes
    up, method, called, own, site = Array.new(5) { list { number } }
    totals = exceptions
    nodes = up.each_index.map do |index|
      { called: called[index], own: own[index], method: method[index], site: site[index] }
    end
    place_nodes(nodes, up)
    sum_totals(nodes, totals)
    nodes
  end

  def place_nodes(nodes, ups)
    open = []
    nodes.each_with_index do |node, index|
      open.pop(ups[index]).each { |ended| nodes[ended][:end] = index }
      node[:parent] = open.last
      open.push(index)
    end
    open.each { |ended| nodes[ended][:end] = nodes.size }
  end

  def sum_totals(nodes, totals)
    below = Array.new(nodes.size, 0)
    nodes.each_with_index.reverse_each do |node, index|
      node[:total] = totals[index] || (node[:own] + below[index])
      below[node[:parent]] += node[:total] if node[:parent]
    end
  end
end
