internal import Glibc
internal import JSON

/// Reads comma-separated values after RFC 4180, piece by piece.
///
/// Lines end in LF or CRLF; inside quotation marks both are part of the text. Lines without a byte are skipped. What the
/// RFC leaves open is an error, never a guess: a quotation mark inside a bare cell, text after a closing one, a bare CR, an
/// unclosed quotation, a NUL. Bytes are looked at eight at a time and cells are handed over where they stand: a text is
/// made of a cell only when somebody asks for it.
public final class CSVReader {
  private enum State { case rowStart, cellStart, bare, quoted, quoteInQuoted, carriageReturn }

  /// Where the reading stands; offsets count from the start of the open row.
  private struct Progress {
    var state = State.rowStart
    /// Line on which the row begins.
    var line = 1
    /// Line ends inside the row so far.
    var innerLines = 0
    var cellCount = 0
    /// Where the open cell's text begins.
    var cellStart = 0
    var isEscaped = false
    /// How far the row is read.
    var position = 0
  }

  /// More bytes than this in one row mean a quotation that was never closed.
  public static let rowLimit = 64 << 20
  /// More cells than this in one row are no table that anybody wrote.
  public static let cellLimit = 4096

  private let file: String
  private let separator: UInt8
  private let pending = ByteBuffer()
  private let cells = UnsafeMutableBufferPointer<CSVRow.Cell>.allocate(capacity: CSVReader.cellLimit)
  private var progress = Progress()

  private static let (quote, lf, cr) = (UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"))

  /// - Parameters:
  ///   - file: its name, for errors.
  ///   - separator: of cells: comma, semicolon, tab.
  public init(file: String, separator: UInt8) {
    self.file = file
    self.separator = separator
  }

  deinit { cells.deallocate() }

  /// Reads a piece and hands over each row that ends in it; a row is valid inside the call alone.
  /// - Throws: `JSONError` with its place, and what `take` throws; the reader is of no use afterwards.
  public func read(_ bytes: UnsafeRawBufferPointer, _ take: (CSVRow) throws -> Void) throws {
    pending.append(bytes)
    var now = progress
    let start = try scan(&now, take)
    progress = now
    pending.removeFirst(start)
    guard pending.count > Self.rowLimit else { return }
    throw now.state == .quoted
      ? problem(now, 0, now.cellStart - 1, "a quotation mark opens here and is not closed within 64 MB")
      : JSONError(at: SourcePlace(file: file, line: now.line, column: 1), "a row of more than 64 MB")
  }

  /// Hands over a last row that has no line end.
  public func finish(_ take: (CSVRow) throws -> Void) throws {
    switch progress.state {
    case .rowStart: return
    case .quoted: throw problem(progress, 0, progress.cellStart - 1, "a quotation mark opens here and is never closed")
    case .carriageReturn: throw bareReturn(progress, 0, progress.position - 1)
    case .cellStart, .bare, .quoteInQuoted:
      if progress.state == .cellStart { (progress.cellStart, progress.isEscaped) = (progress.position, false) }
      try endCell(&progress, progress.position - (progress.state == .quoteInQuoted ? 1 : 0))
      try take(row(progress, pending.bytes, progress.position))
      progress = Progress(line: progress.line + progress.innerLines)
      pending.removeFirst(pending.count)
    }
  }

  /// Reads what is pending and tells where the row begins that is not ended yet.
  private func scan(_ now: inout Progress, _ take: (CSVRow) throws -> Void) throws -> Int {
    let base = UnsafePointer(pending.bytes)
    let end = pending.count
    let search = ByteSearch(separator, Self.quote, Self.lf, Self.cr)
    var start = 0
    var at = now.position

    while at < end {
      let byte = base[at]
      switch now.state {
      case .rowStart where byte == Self.lf:
        now.line += 1
        at += 1
        start = at
      case .rowStart where byte == Self.cr:
        at += 1
        now.state = .carriageReturn
      case .rowStart, .cellStart:
        if byte == Self.quote { at += 1 }
        now.state = byte == Self.quote ? .quoted : .bare
        now.cellStart = at &- start
        now.isEscaped = false
      case .bare:
        at = search.first(in: base, from: at, to: end)
        // Most cells are bare and stand before another bare one.
        while at &+ 1 < end, base[at] == separator, base[at &+ 1] != Self.quote {
          try endCell(&now, at &- start)
          at &+= 1
          now.cellStart = at &- start
          at = search.first(in: base, from: at, to: end)
        }
        guard at < end else { break }
        try endBare(&now, base, start, at)
        at += 1
        if now.state == .rowStart {
          try take(row(now, base + start, at &- 1 &- start))
          now = Progress(line: now.line + 1 + now.innerLines)
          start = at
        }
      case .quoted:
        let found = memchr(base + at, Int32(Self.quote), end &- at)
        let stop = found.map { UnsafeRawPointer($0) - UnsafeRawPointer(base) } ?? end
        if let nul = memchr(base + at, 0, stop &- at) {
          throw self.nul(now, start, UnsafeRawPointer(nul) - UnsafeRawPointer(base + start))
        }
        now.innerLines += ByteSearch.count(of: Self.lf, in: base + at, stop &- at)
        at = stop
        guard found != nil else { break }
        at += 1
        now.state = .quoteInQuoted
      case .quoteInQuoted where byte == Self.quote:
        now.isEscaped = true
        at += 1
        now.state = .quoted
      case .quoteInQuoted:
        try endQuoted(&now, byte, start, at)
        at += 1
        if now.state == .rowStart {
          try take(row(now, base + start, at &- 1 &- start))
          now = Progress(line: now.line + 1 + now.innerLines)
          start = at
        }
      case .carriageReturn:
        if byte == 0 { throw nul(now, start, at - start) }
        guard byte == Self.lf else { throw bareReturn(now, start, at - 1 - start) }
        at += 1
        if now.cellCount > 0 { try take(row(now, base + start, at &- 2 &- start)) }
        now = Progress(line: now.line + 1 + now.innerLines)
        start = at
      }
    }
    now.position = at - start
    return start
  }

  /// Ends a bare cell at a byte that no bare cell holds.
  @inline(__always)
  private func endBare(_ now: inout Progress, _ base: UnsafePointer<UInt8>, _ start: Int, _ at: Int) throws {
    let byte = base[at]
    if byte == separator {
      now.state = .cellStart
    } else if byte == Self.lf {
      now.state = .rowStart
    } else if byte == Self.cr {
      now.state = .carriageReturn
    } else if byte == Self.quote {
      throw problem(
        now,
        start,
        at - start,
        "a quotation mark inside a cell that does not begin with one; quote the whole cell and write it twice"
      )
    } else {
      throw nul(now, start, at - start)
    }
    try endCell(&now, at &- start)
  }

  /// Ends a quoted cell, whose closing mark stands before `at`.
  private func endQuoted(_ now: inout Progress, _ byte: UInt8, _ start: Int, _ at: Int) throws {
    switch byte {
    case separator: now.state = .cellStart
    case Self.lf: now.state = .rowStart
    case Self.cr: now.state = .carriageReturn
    case 0: throw nul(now, start, at - start)
    default:
      throw problem(
        now,
        start,
        at - start,
        "text after a closing quotation mark; inside a quoted cell a quotation mark is written twice"
      )
    }
    try endCell(&now, at &- 1 &- start)
  }

  @inline(__always)
  private func endCell(_ now: inout Progress, _ end: Int) throws {
    guard now.cellCount < Self.cellLimit else {
      throw JSONError(at: SourcePlace(file: file, line: now.line, column: 1), "a row of more than 4096 cells")
    }
    cells[now.cellCount] = CSVRow.Cell(
      start: UInt32(truncatingIfNeeded: now.cellStart),
      end: UInt32(truncatingIfNeeded: end),
      isEscaped: now.isEscaped
    )
    now.cellCount &+= 1
  }

  @inline(__always)
  private func row(_ now: Progress, _ base: UnsafePointer<UInt8>, _ length: Int) -> CSVRow {
    CSVRow(
      line: now.line,
      source: UnsafeRawBufferPointer(start: base, count: length),
      cells: UnsafeBufferPointer(rebasing: UnsafeBufferPointer(cells)[..<now.cellCount])
    )
  }

  // MARK: Problems

  private func bareReturn(_ now: Progress, _ start: Int, _ offset: Int) -> JSONError {
    problem(now, start, offset, "a carriage return that ends no line; lines end in LF or CR LF")
  }

  private func nul(_ now: Progress, _ start: Int, _ offset: Int) -> JSONError {
    problem(now, start, offset, "a NUL byte: this is no text file")
  }

  /// A problem of the open row, which begins at `start` of what is pending.
  private func problem(_ now: Progress, _ start: Int, _ offset: Int, _ text: String) -> JSONError {
    let bytes = UnsafeRawBufferPointer(start: pending.bytes + start, count: pending.count - start)
    let place = CSVRow.place(offset, in: bytes, line: now.line)
    return JSONError(at: SourcePlace(file: file, line: place.line, column: place.column), text)
  }
}
