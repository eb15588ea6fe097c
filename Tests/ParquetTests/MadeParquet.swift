/// Writes Parquet files byte by byte, wrong ones too, which no library would write.
struct MadeParquet {
  /// A structure in Thrift's compact protocol.
  struct Thrift {
    private(set) var bytes: [UInt8] = []
    private var last = 0

    mutating func number(_ id: Int, _ value: Int) { head(id, 6); bytes += Self.zigzag(value) }
    mutating func text(_ id: Int, _ text: String) {
      head(id, 8)
      bytes += Self.varint(UInt64(text.utf8.count)) + Array(text.utf8)
    }
    mutating func structure(_ id: Int, _ inner: Thrift) { head(id, 12); bytes += inner.ended }
    mutating func list(_ id: Int, _ elements: [Thrift], saying count: UInt64? = nil) {
      head(id, 9)
      bytes += [0xFC] + Self.varint(count ?? UInt64(elements.count)) + elements.flatMap(\.ended)
    }

    var ended: [UInt8] { bytes + [0] }

    private mutating func head(_ id: Int, _ kind: UInt8) {
      bytes += id > last && id - last < 16 ? [UInt8(id - last) << 4 | kind] : [kind] + Self.zigzag(id)
      last = id
    }

    static func varint(_ value: UInt64) -> [UInt8] {
      var (value, bytes) = (value, [UInt8]())
      while value >= 0x80 {
        bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
        value >>= 7
      }
      return bytes + [UInt8(value)]
    }

    static func zigzag(_ value: Int) -> [UInt8] { varint(UInt64(bitPattern: Int64(value << 1 ^ value >> 63))) }
  }

  var magic = Array("PAR1".utf8)
  var pages: [UInt8] = []
  var footerLength: Int?
  var rows = 2
  var groupRows: Int?
  var columnValues: Int?
  var type = 6
  var repetition = 0
  var childCount = 1
  var codec = 0
  var offset = 4
  var size: Int?
  var columnCount: UInt64?
  var schemaDepth = 0

  /// A page and its head.
  static func page(
    _ body: [UInt8],
    type: Int = 0,
    count: Int,
    encoding: Int = 0,
    size: Int? = nil,
    compressedSize: Int? = nil
  ) -> [UInt8] {
    var data = Thrift()
    data.number(1, count)
    data.number(2, encoding)
    if type == 0 {
      data.number(3, 3)
      data.number(4, 3)
    }
    var head = Thrift()
    head.number(1, type)
    head.number(2, size ?? body.count)
    head.number(3, compressedSize ?? body.count)
    head.structure(type == 0 ? 5 : 7, data)
    return head.ended + body
  }

  /// Texts as PLAIN has them.
  static func plain(_ texts: [String]) -> [UInt8] {
    texts.flatMap { text in little(text.utf8.count) + Array(text.utf8) }
  }

  static func little(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

  var bytes: [UInt8] {
    var root = Thrift()
    root.text(4, "schema")
    root.number(5, childCount)
    var nodes = [root]
    for depth in 0..<schemaDepth {
      var group = Thrift()
      group.text(4, "g\(depth)")
      group.number(5, 1)
      nodes.append(group)
    }
    var leaf = Thrift()
    leaf.number(1, type)
    leaf.number(3, repetition)
    leaf.text(4, "text")
    nodes.append(leaf)
    var description = Thrift()
    description.number(1, type)
    description.number(4, codec)
    description.number(5, columnValues ?? groupRows ?? rows)
    description.number(7, size ?? pages.count)
    description.number(9, offset)
    var chunk = Thrift()
    chunk.structure(3, description)
    var group = Thrift()
    group.list(1, [chunk], saying: columnCount)
    group.number(3, groupRows ?? rows)
    var footer = Thrift()
    footer.number(1, 1)
    footer.list(2, nodes)
    footer.number(3, rows)
    footer.list(4, [group])
    let end = footer.ended
    return magic + pages + end + Self.little(footerLength ?? end.count) + Array("PAR1".utf8)
  }
}
