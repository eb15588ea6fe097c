internal import JSON
internal import Wording

/// Reads what rows say of items beside their labels.
final class AttributeReader {
  /// What the loops need, without counting owners.
  private struct FactorSlot: BitwiseCopyable {
    let attribute: ItemAttribute
    /// The column, nil for a constant, whose level is known.
    let column: Int?
    let constant: Int
    let index: Int
    let fast: FactorColumn.Fast
  }

  private struct NumberSlot: BitwiseCopyable {
    let attribute: ItemAttribute
    /// The column, nil for a constant.
    let column: Int?
    let constant: Double
    let index: Int
  }

  private let factorSlots: [FactorSlot]
  private let numberSlots: [NumberSlot]
  private let factors: [FactorColumn]
  private let numbers: [NumberColumn]
  private let problems: FileProblems

  /// - Parameter slot: asks for a column and tells its number.
  init(
    _ attributes: [ItemAttribute: LabelMapping.Source],
    _ builder: RatedItemsBuilder,
    _ problems: FileProblems,
    _ slot: (String) -> Int
  ) {
    self.problems = problems
    let named = ItemAttribute.allCases.compactMap { attribute in
      attributes[attribute].map { source -> (attribute: ItemAttribute, column: Int?, constant: String) in
        switch source {
        case .column(let name): (attribute, slot(name), "")
        case .constant(let text): (attribute, nil, text)
        }
      }
    }
    let factors = named.filter { !$0.attribute.isNumber }.map { builder.factor($0.attribute) }
    factorSlots = named.filter { !$0.attribute.isNumber }.enumerated().map { index, name in
      var text = name.constant
      let level = name.column == nil ? text.withUTF8 { factors[index].level(UnsafeRawBufferPointer($0)) } : 0
      return FactorSlot(
        attribute: name.attribute,
        column: name.column,
        constant: level,
        index: index,
        fast: factors[index].fast
      )
    }
    self.factors = factors
    let numbers = named.filter(\.attribute.isNumber)
    numberSlots = numbers.enumerated().map { index, name in
      NumberSlot(
        attribute: name.attribute,
        column: name.column,
        constant: Double(name.constant) ?? .nan,
        index: index
      )
    }
    self.numbers = numbers.map { builder.number($0.attribute) }
  }

  /// Reads a row of an item.
  @inline(__always)
  func take(_ record: Record, _ item: Int) {
    for slot in factorSlots { take(slot, record, item) }
    for slot in numberSlots { take(slot, record, item) }
  }

  @inline(__always)
  private func take(_ slot: FactorSlot, _ record: Record, _ item: Int) {
    guard let level = slot.column.map({ self.level(slot, record, $0) }) ?? slot.constant else { return }
    if slot.fast.set(item, level) { return }
    let known = VisibleText.short(factors[slot.index].text(item))
    problems.add(
      record.place(slot.column),
      "the item's \(slot.attribute.rawValue) was \"\(known)\" before; one item has one"
    )
  }

  private func take(_ slot: NumberSlot, _ record: Record, _ item: Int) {
    let name = slot.attribute.rawValue
    let all = 0...Double.greatestFiniteMagnitude
    guard let value = slot.column.map({ Self.number(record, $0, in: all, name, problems) }) ?? slot.constant else {
      return
    }
    if !numbers[slot.index].set(item, value) {
      problems.add(record.place(slot.column), "another \(name) than this item had before; one item has one")
    }
  }

  /// The number in a column; nil for an empty cell, and where a problem was noted.
  static func number(
    _ record: Record,
    _ column: Int,
    in range: ClosedRange<Double>,
    _ what: String,
    _ problems: FileProblems
  ) -> Double? {
    guard let bytes = record.bytes(column), bytes.count > 0 else { return nil }
    let text = LabelWords.trimmed(String(decoding: bytes, as: UTF8.self))
    if let value = Double(text), range.contains(value) { return value }
    let limits = range.upperBound < 1e300 ? "from 0 to \(Int(range.upperBound))" : "0 or more"
    problems.add(record.place(column), "\(what): \"\(VisibleText.short(text))\" is no number; expected \(limits)")
    return nil
  }

  /// The level of a factor; nil for an empty cell, and where a problem was noted.
  @inline(__always)
  private func level(_ slot: FactorSlot, _ record: Record, _ column: Int) -> Int? {
    guard let bytes = record.bytes(column), bytes.count > 0 else {
      if slot.attribute == .cluster {
        problems.add(record.place(column), "no cluster; which items belong together is needed for every one of them")
      }
      return nil
    }
    if slot.attribute == .truncated { return truth(slot, record, column, bytes) }
    return slot.fast.level(bytes) ?? factors[slot.index].level(bytes)
  }

  private func truth(_ slot: FactorSlot, _ record: Record, _ column: Int, _ bytes: UnsafeRawBufferPointer) -> Int? {
    let word = LabelWords.trimmed(String(decoding: bytes, as: UTF8.self)).lowercased()
    guard let isTrue = LabelWords.truthWords[word] else {
      problems.add(record.place(column), "truncated: \"\(VisibleText.short(word))\" is neither true nor false")
      return nil
    }
    var text = isTrue ? "true" : "false"
    return text.withUTF8 { factors[slot.index].level(UnsafeRawBufferPointer($0)) }
  }
}
