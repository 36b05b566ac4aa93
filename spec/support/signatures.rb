# frozen_string_literal: true

# Reads the files of sig/, a line at a time: as much of RBS as they use, and an error for anything else. The rbs gem reads
# more, but not every Ruby has it.
class Signatures
  Unreadable = Class.new(StandardError)

  # A class or module: its superclass's name, what the comment above says, included modules, constants by type and their
  # comments, methods by name.
  Entry = Struct.new(:name, :kind, :superclass, :comment, :includes, :constants, :constant_comments, :instance, :singleton) do
    def self.empty(name, kind, superclass)
      new(name, kind, superclass, [], [], {}, {}, {}, {})
    end
  end

  # A method: its overloads, whether it is public, and what the comment above says.
  Method = Struct.new(:name, :overloads, :public, :comment) do
    # The least and the largest number of positional arguments (nil: no limit).
    def counts
      most = overloads.map(&:most)
      [overloads.map(&:least).min, most.include?(nil) ? nil : most.max]
    end

    def keywords
      overloads.flat_map(&:keywords).uniq.sort
    end

    def any_keywords?
      overloads.any?(&:any_keywords)
    end
  end

  # One way to call a method.
  Overload = Struct.new(:text, :parameters, :least, :most, :keywords, :any_keywords, :block, :returns)

  # A parameter: :req, :opt, :rest, :key, :keyrest; type and name.
  Parameter = Struct.new(:kind, :type, :name)

  NAME = /[\w:]+/
  METHOD = /(?<own>self\.)?(?<method>[\w]+[?!=]?|\[\]=?|<=>|==|\+|-|<<|&|\|)/

  attr_reader :entries

  def initialize(directory)
    @entries = {}
    Dir[File.join(directory, "**/*.rbs")].sort.each { |path| read(path) }
  end

  def [](name)
    @entries.fetch(name)
  end

  private

  def read(path)
    @open = []
    @comment = []
    @method = nil
    File.readlines(path, chomp: true, encoding: "UTF-8").each.with_index(1) do |line, number|
      take(line.strip)
    rescue Unreadable => e
      raise Unreadable, "#{path}:#{number}: #{e.message}"
    end
    raise Unreadable, "#{path}: #{@open.size} ends are missing" unless @open.empty?
  end

  def take(line)
    case line
    when "" then @comment = []
    when /\A# ?(?<text>.*)/ then @comment << $~[:text]
    when /\A\|\s*(?<type>.+)/ then @method.overloads << overload($~[:type])
    else
      declare(line)
      @comment = []
    end
  end

  def declare(line)
    case line
    when /\A(?<kind>class|module|interface) (?<name>#{NAME})(?: < (?<superclass>#{NAME}))?\z/ then open(**$~.named_captures.transform_keys(&:to_sym))
    when "end" then @open.pop || raise(Unreadable, "an end too many")
    when "private" then @open.last[1] = false
    when /\Atype [a-z]\w* = .+/ then nil
    when /\Ainclude (?<name>#{NAME})\z/ then entry.includes << $~[:name]
    when /\A(?<name>[A-Z]\w*): (?<type>.+)/ then constant($~[:name], $~[:type])
    when /\Aattr_reader (?<name>\w+): (?<type>.+)/ then attribute($~[:name], $~[:type], false)
    when /\Aattr_accessor (?<name>\w+): (?<type>.+)/ then attribute($~[:name], $~[:type], true)
    when /\Adef #{METHOD}: (?<type>.+)/ then define($~[:method], !$~[:own].nil?, overload($~[:type]))
    else raise Unreadable, "cannot read: #{line}"
    end
  end

  def open(kind:, name:, superclass:)
    full = [*@open.map { |each, _| each.name }.last, name].join("::")
    @entries[full] ||= Entry.empty(full, kind, superclass)
    # A file's own introduction stands above a module.
    @entries[full].comment = @comment if kind == "class"
    @open << [@entries[full], true]
  end

  def entry
    @open.last&.first || raise(Unreadable, "outside of any module")
  end

  def constant(name, type)
    entry.constants[name] = type
    entry.constant_comments[name] = @comment
  end

  def define(name, own, overload)
    methods = own ? entry.singleton : entry.instance
    raise Unreadable, "#{entry.name} has two #{name}" if methods.key?(name)

    @method = methods[name] = Method.new(name, [overload], @open.last[1], @comment)
  end

  def attribute(name, type, writer)
    define(name, false, overload("() -> #{type}"))
    define("#{name}=", false, overload("(#{type} value) -> #{type}")) if writer
  end

  def overload(text)
    rest = text.sub(/\A\[\w+\] /, "")
    raise Unreadable, "no parameters: #{text}" unless rest.start_with?("(")

    inside = up_to_closing(rest)
    after = rest[(inside.size + 2)..]
    block, returns = after.match(/\A\s*(\??\{.*\})?\s*->\s*(.+)\z/)&.captures
    raise Unreadable, "no return type: #{text}" unless returns

    of(text, split(inside).map { |each| parameter(each) }, block, returns)
  end

  def of(text, parameters, block, returns)
    counts = parameters.map(&:kind).tally
    least = counts.fetch(:req, 0)
    most = counts.key?(:rest) ? nil : least + counts.fetch(:opt, 0)
    keywords = parameters.select { |each| each.kind == :key }.map(&:name)
    Overload.new(text, parameters, least, most, keywords, counts.key?(:keyrest), block, returns)
  end

  def up_to_closing(text)
    depth = 0
    text.each_char.with_index do |char, place|
      depth += { "(" => 1, ")" => -1 }.fetch(char, 0)
      return text[1...place] if depth.zero?
    end
    raise Unreadable, "no closing parenthesis: #{text}"
  end

  # At the commas that are in no brackets.
  def split(text)
    depth = 0
    parts = [+""]
    text.each_char do |char|
      depth += { "(" => 1, "[" => 1, ")" => -1, "]" => -1 }.fetch(char, 0)
      char == "," && depth.zero? ? parts << +"" : parts.last << char
    end
    parts.map(&:strip).reject(&:empty?)
  end

  def parameter(text)
    case text
    when /\A\??(?<name>[a-z]\w*): (?<type>.+)/ then Parameter.new(:key, $~[:type], $~[:name])
    when /\A\*\*(?<type>.+) (?<name>\w+)\z/ then Parameter.new(:keyrest, $~[:type], $~[:name])
    when /\A\*(?<type>.+) (?<name>\w+)\z/ then Parameter.new(:rest, $~[:type], $~[:name])
    when /\A\?(?<type>.+) (?<name>\w+)\z/ then Parameter.new(:opt, $~[:type], $~[:name])
    when /\A(?<type>.+) (?<name>\w+)\z/ then Parameter.new(:req, $~[:type], $~[:name])
    else raise Unreadable, "a parameter without type and name: #{text}"
    end
  end
end
