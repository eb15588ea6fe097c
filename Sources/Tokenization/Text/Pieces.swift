internal import JSON

/// Pieces of one text: the text and where they are in it. Steps that only cut leave the text as it is.
struct Pieces {
  /// Valid UTF-8.
  var bytes: [UInt8]
  /// In order, none empty, each on boundaries of scalars.
  var ranges: [Range<Int>]
  /// A piece that begins here or before counts as the start of the whole input; -1 where none does.
  var startLimit: Int

  /// One piece of the whole text.
  init(_ bytes: [UInt8], startLimit: Int) {
    self.bytes = bytes
    self.startLimit = startLimit
    ranges = bytes.isEmpty ? [] : [0..<bytes.count]
  }

  /// Cuts every piece at the ends that `body` calls for, which come in order and end with the piece's own.
  mutating func cut(_ body: (ScalarText, Range<Int>, (Int) -> Void) -> Void) {
    var cut: [Range<Int>] = []
    cut.reserveCapacity(max(ranges.count, bytes.count / 4))
    ScalarText.reading(bytes) { text in
      for range in ranges {
        var start = range.lowerBound
        body(text, range) { end in
          if end > start { cut.append(start..<end) }
          start = end
        }
      }
    }
    ranges = cut
  }

  /// Puts another text in the place of every piece.
  mutating func rewrite(_ body: (ArraySlice<UInt8>, _ isStart: Bool, inout [UInt8]) -> Void) {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count + bytes.count / 4)
    var limit = -1
    for at in ranges.indices {
      let start = out.count
      let isStart = ranges[at].lowerBound <= startLimit
      body(bytes[ranges[at]], isStart, &out)
      ranges[at] = start..<out.count
      if isStart { limit = start }
    }
    ranges.removeAll { $0.isEmpty }
    startLimit = limit
    bytes = out
  }
}

/// What becomes of what a splitter found.
enum SplitBehavior: String, Sendable, CaseIterable {
  /// It is a piece of its own.
  case isolated = "Isolated"
  /// It is dropped.
  case removed = "Removed"
  /// It ends the piece before it.
  case mergedWithPrevious = "MergedWithPrevious"
  /// It begins the piece after it.
  case mergedWithNext = "MergedWithNext"
  /// Neighbouring finds are one piece.
  case contiguous = "Contiguous"

  /// Reads the word.
  init(_ part: TokenizerPart, standard: SplitBehavior? = nil) throws(TokenizerError) {
    if let standard, part.value.isNull {
      self = standard
      return
    }
    let word = try part.string()
    guard let behavior = SplitBehavior(rawValue: word) else {
      throw part.wrong("\"\(word)\" is not one of \(Self.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    self = behavior
  }

  /// Collects the stretches of a piece, found and not, into pieces; what is found may be empty and still ends a merge.
  struct Collector {
    let behavior: SplitBehavior
    private(set) var ranges: [Range<Int>] = []
    private var lastIsFind = false
    private var isFirst = true

    init(_ behavior: SplitBehavior) { self.behavior = behavior }

    /// Begins a new piece, with which nothing before is merged.
    mutating func begin() {
      // An empty one that nothing was merged into is no piece.
      if let last = ranges.last, last.isEmpty { ranges.removeLast() }
      lastIsFind = false
      isFirst = true
    }

    /// Adds the next stretch.
    mutating func add(_ range: Range<Int>, isFind: Bool) {
      let joins =
        switch behavior {
        case .isolated, .removed: false
        case .mergedWithPrevious: isFind && !lastIsFind
        case .mergedWithNext: !isFind && lastIsFind
        case .contiguous: isFind == lastIsFind
        }
      if joins, !isFirst, let last = ranges.last {
        ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
      } else if behavior != .removed || !isFind {
        if let last = ranges.last, last.isEmpty { ranges.removeLast() }
        ranges.append(range)
      }
      isFirst = false
      lastIsFind = isFind
    }

    /// The pieces.
    mutating func finish() -> [Range<Int>] {
      begin()
      return ranges
    }
  }
}
