internal import Wording

/// The schema: a tree written as a list, each node before its children.
enum ParquetSchema {
  /// A node as the footer has it.
  struct Node {
    var name = ""
    var physical: Int64?
    /// 0 required, 1 optional, 2 repeated.
    var repetition: Int64 = 0
    var childCount = 0
    /// The older way to say what values mean.
    var converted: Int64?
    /// The newer way: which member of the union, and whether whole numbers have a sign.
    var logical: Int?
    var isSigned = true

    init(_ reader: inout ThriftReader) throws(ParquetFault) {
      var node = Node()
      try reader.structure { (reader, field) throws(ParquetFault) in
        switch field.id {
        case 1: node.physical = try reader.integer(field)
        case 3: node.repetition = try reader.integer(field)
        case 4: node.name = try reader.text(field)
        case 5: node.childCount = try reader.count(field)
        case 6: node.converted = try reader.integer(field)
        case 10:
          guard field.kind == .structure else { return false }
          try reader.structure { (reader, member) throws(ParquetFault) in
            node.logical = member.id
            guard member.id == 10, member.kind == .structure else { return false }
            try reader.structure { (reader, part) throws(ParquetFault) in
              guard part.id == 2 else { return false }
              node.isSigned = try reader.bool(part)
              return true
            }
            return true
          }
        default: return false
        }
        return true
      }
      self = node
    }

    private init() {}
  }

  private static let deepest = 64

  /// The columns, in the order in which every row group has them.
  static func leaves(_ nodes: [Node]) throws(ParquetFault) -> [SchemaLeaf] {
    guard let root = nodes.first else { throw ParquetFault("there is no schema") }
    // Of each open group: how many children are still to come, its name, whether it stands within a list or another group.
    var open: [(left: Int, path: String, isRepeated: Bool)] = [(root.childCount, "", false)]
    var leaves: [SchemaLeaf] = []
    for node in nodes.dropFirst() {
      while let last = open.last, last.left == 0 { open.removeLast() }
      guard let parent = open.last else {
        throw ParquetFault("the schema has more nodes than its groups have children")
      }
      open[open.count - 1].left -= 1
      guard open.count <= deepest else { throw ParquetFault("the schema is nested deeper than \(deepest) levels") }
      let path = parent.path.isEmpty ? node.name : "\(parent.path).\(node.name)"
      let isRepeated = parent.isRepeated || node.repetition == 2
      if let physical = node.physical {
        guard let physical = PhysicalType(rawValue: physical) else {
          throw ParquetFault("column \"\(VisibleText.short(path))\" is of the unknown type \(physical)")
        }
        leaves.append(leaf(node, physical, path, isNested: open.count > 1, isRepeated: isRepeated))
      } else {
        open.append((node.childCount, path, isRepeated))
      }
    }
    guard open.allSatisfy({ $0.left == 0 }) else {
      throw ParquetFault("the schema ends before all its groups are complete")
    }
    return leaves
  }

  private static func leaf(
    _ node: Node,
    _ physical: PhysicalType,
    _ path: String,
    isNested: Bool,
    isRepeated: Bool
  ) -> SchemaLeaf {
    let kind: ParquetColumn.Kind =
      if isRepeated {
        .unsupported("lists")
      } else if isNested {
        .unsupported("parts of a group")
      } else if let meaning = meaning(node) {
        .unsupported(meaning)
      } else {
        switch physical {
        case .boolean: .bool
        case .int32, .int64: .integer
        case .float, .double: .number
        case .byteArray: .text
        case .int96: .unsupported("time stamps of 96 bits")
        case .fixedLengthByteArray: .unsupported("bytes of a fixed length")
        }
      }
    let isUnsigned = node.logical == 10 ? !node.isSigned : (11...14).contains(node.converted ?? 0)
    return SchemaLeaf(
      column: ParquetColumn(name: path, kind: kind, isOptional: node.repetition == 1),
      physical: physical,
      isUnsigned: isUnsigned
    )
  }

  /// What values stand for that are no plain texts or numbers.
  private static func meaning(_ node: Node) -> String? {
    switch node.logical {
    case 5: return "decimal numbers"
    case 6: return "dates"
    case 7: return "times"
    case 8: return "time stamps"
    case 13: return "BSON"
    case 14: return "UUIDs"
    case 15: return "numbers of 16 bits"
    case .some: return nil
    case nil: break
    }
    switch node.converted {
    case 5: return "decimal numbers"
    case 6: return "dates"
    case 7, 8: return "times"
    case 9, 10: return "time stamps"
    case 20: return "BSON"
    case 21: return "intervals"
    default: return nil
    }
  }
}
