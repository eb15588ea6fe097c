internal import Foundation

/// A Unicode normal form, in linear time: decomposition of each scalar, canonical order within each run of marks,
/// composition (UAX #15).
///
/// What a single scalar decomposes to and what two compose to is asked of Foundation once each.
struct NormalForm: Sendable {
  let isCompatible: Bool
  let composes: Bool

  func apply(_ bytes: [UInt8]) -> [UInt8] {
    // All scalars below U+0300 are in form C; ASCII is in every form.
    let safe: UInt8 = composes && !isCompatible ? 0xCC : 0x80
    guard bytes.contains(where: { $0 >= safe }) else { return bytes }
    var worker = Worker(form: self)
    return ScalarText.reading(bytes) { text in worker.apply(text) }
  }

  private struct Mark {
    let value: UInt32
    let order: UInt8
  }

  private struct Worker {
    let form: NormalForm
    var out: [UInt8] = []
    /// The stretch at work, decomposed.
    var marks: [Mark] = []
    var decompositions: [UInt32: [Mark]] = [:]
    var compositions: [UInt64: UInt32] = [:]

    init(form: NormalForm) { self.form = form }

    /// ASCII goes through as it is, but the last character before others, which may compose with them.
    mutating func apply(_ text: ScalarText) -> [UInt8] {
      out.reserveCapacity(text.count)
      var at = 0
      while at < text.count {
        let start = at
        while at < text.count, text.bytes[at] < 0x80 { at += 1 }
        guard at < text.count else {
          out.append(contentsOf: text.bytes[start..<at])
          break
        }
        let last = max(start, at - 1)
        out.append(contentsOf: text.bytes[start..<last])
        if last < at { marks.append(Mark(value: UInt32(text.bytes[last]), order: 0)) }
        while at < text.count, text.bytes[at] >= 0x80 {
          let (value, length) = text.scalar(at)
          marks.append(contentsOf: decomposition(value))
          at += length
        }
        flush()
      }
      return out
    }

    private mutating func decomposition(_ value: UInt32) -> [Mark] {
      if let known = decompositions[value] { return known }
      let text = Unicode.Scalar(value).map { String($0) } ?? ""
      let found =
        form.isCompatible ? text.decomposedStringWithCompatibilityMapping : text.decomposedStringWithCanonicalMapping
      let marks = found.unicodeScalars.map {
        Mark(value: $0.value, order: $0.properties.canonicalCombiningClass.rawValue)
      }
      decompositions[value] = marks
      return marks
    }

    private mutating func flush() {
      order()
      if form.composes { compose() }
      for mark in marks { append(mark.value) }
      marks.removeAll(keepingCapacity: true)
    }

    /// Sorts each run of marks by their classes; equal ones stay as they are.
    private mutating func order() {
      var at = 0
      while at < marks.count {
        guard marks[at].order != 0 else {
          at += 1
          continue
        }
        let start = at
        var isSorted = true
        while at < marks.count, marks[at].order != 0 {
          if at > start, marks[at].order < marks[at - 1].order { isSorted = false }
          at += 1
        }
        guard !isSorted else { continue }
        var buckets = [[Mark]](repeating: [], count: 256)
        for mark in marks[start..<at] { buckets[Int(mark.order)].append(mark) }
        marks.replaceSubrange(start..<at, with: buckets.joined())
      }
    }

    private mutating func compose() {
      var kept: [Mark] = []
      kept.reserveCapacity(marks.count)
      var starter: Int?
      // The class of the last kept mark since the starter; 0 when there is none.
      var lastOrder: UInt8 = 0
      for mark in marks {
        if let at = starter, lastOrder < mark.order || at == kept.count - 1,
          let composed = composition(kept[at].value, mark)
        {
          kept[at] = Mark(value: composed, order: 0)
          continue
        }
        if mark.order == 0 { starter = kept.count }
        lastOrder = mark.order
        kept.append(mark)
      }
      marks = kept
    }

    private mutating func composition(_ first: UInt32, _ mark: Mark) -> UInt32? {
      let second = mark.value
      // Hangul by its arithmetic.
      if first >= 0x1100, first < 0x1113, second >= 0x1161, second < 0x1176 {
        return 0xAC00 + ((first - 0x1100) * 21 + second - 0x1161) * 28
      }
      if first >= 0xAC00, first < 0xD7A4, (first - 0xAC00) % 28 == 0, second > 0x11A7, second < 0x11C3 {
        return first + second - 0x11A7
      }
      guard let scalar = Unicode.Scalar(second), let starter = Unicode.Scalar(first) else { return nil }
      if mark.order == 0 {
        // Only marks compose with what is before them.
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: break
        default: return nil
        }
      }
      let key = UInt64(first) << 32 | UInt64(second)
      if let known = compositions[key] { return known == 0 ? nil : known }
      let text = "\(starter)\(scalar)".precomposedStringWithCanonicalMapping.unicodeScalars
      let found = text.count == 1 ? text.first?.value ?? 0 : 0
      compositions[key] = found
      return found == 0 ? nil : found
    }

    private mutating func append(_ value: UInt32) {
      if value < 0x80 {
        out.append(UInt8(value))
      } else if let scalar = Unicode.Scalar(value) {
        out.append(contentsOf: String(scalar).utf8)
      }
    }
  }
}
