/// One rater's labels, item by item, packed in a byte each: codes of categories, or none.
public struct Labels: Sendable, Equatable {
  /// Codes are 0…254; a table holds at most that many categories.
  public static let maximumCategories = 255
  private static let none: UInt8 = 255

  private var codes: [UInt8]

  /// Packs labels; each code is in 0..<`maximumCategories`.
  public init(_ labels: some Sequence<Int?>) {
    codes = labels.map { label in
      guard let label else { return Self.none }
      precondition(label >= 0 && label < Self.maximumCategories, "a label's code is out of range")
      return UInt8(label)
    }
  }

  /// Takes packed bytes as they are: codes, 255 where there is no label.
  public init(packed codes: [UInt8]) { self.codes = codes }

  /// As many items without a label.
  public init(count: Int) { codes = [UInt8](repeating: Self.none, count: count) }

  /// Items, labelled or not.
  public var count: Int { codes.count }

  /// Items with a label.
  public var labelled: Int { codes.reduce(0) { $0 + ($1 == Self.none ? 0 : 1) } }

  /// The label of an item, nil where there is none.
  public subscript(item: Int) -> Int? {
    get { codes[item] == Self.none ? nil : Int(codes[item]) }
    set { codes[item] = newValue.map { UInt8($0) } ?? Self.none }
  }

  /// Appends one item.
  public mutating func append(_ label: Int?) { codes.append(label.map { UInt8($0) } ?? Self.none) }

  /// The labels as a list.
  public var list: [Int?] { codes.map { $0 == Self.none ? nil : Int($0) } }

  /// The labels of some items, in the order asked for; an item may come more than once.
  public func selecting(_ items: [Int]) -> Labels {
    var chosen = Labels(count: 0)
    chosen.codes = items.map { codes[$0] }
    return chosen
  }

  /// The packed bytes, 255 where there is no label; for counting loops.
  public func withCodes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    codes.withUnsafeBufferPointer(body)
  }
}
