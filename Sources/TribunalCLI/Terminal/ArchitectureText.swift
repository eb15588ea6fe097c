internal import JSON

/// What `tribunal inspect architecture` tells a person: one line a part, and a table of the blocks.
enum ArchitectureText {
  static func lines(_ facts: JSONValue) -> String {
    guard let members = facts.object?.members else { return "" }
    let width = members.map(\.key.count).max() ?? 0
    var text = ""
    for (key, value) in members where key != "blocks" {
      let name = words(key)
      text += (name + String(repeating: " ", count: width - name.count + 2) + inline(value)).terminalSafe() + "\n"
    }
    let blocks = facts["blocks"]?.array ?? []
    let rows = blocks.map { block in
      let layers = (block["layers"]?.array ?? []).map(inline)
      return [
        layers.first == layers.last ? layers.first ?? "" : layers.joined(separator: "–"),
        block["window"].map { $0.isNull ? "all" : inline($0) } ?? "", inline(block["rope"] ?? .null),
      ]
    }
    return text + "\n" + TextTable.lines(rows, titles: ["blocks", "window", "rope"])
  }

  private static func words(_ key: String) -> String { String(key.map { $0 == "_" ? " " : $0 }) }

  /// A value on one line: objects as `name value` with commas, long lists by their ends.
  private static func inline(_ value: JSONValue) -> String {
    if value.isNull { return "none" }
    if let flag = value.bool { return flag ? "yes" : "no" }
    if let text = value.string { return text }
    if let object = value.object {
      return object.members.map { "\(words($0.key)) \(inline($0.value))" }.joined(separator: ", ")
    }
    if let list = value.array {
      if list.isEmpty { return "none" }
      let shown = list.count <= 6 ? list.map(inline) : [inline(list[0]), "…", inline(list[list.count - 1])]
      return shown.joined(separator: " ") + (list.count > 6 ? " (\(list.count))" : "")
    }
    return value.text(.compact)
  }
}
