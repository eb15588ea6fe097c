/// Sorts numbers by the digits of their bits, eight bits at a time from the last: replicates are many and in no order, where
/// a sort by comparisons guesses each branch wrong half of the time.
/// - Parameter values: no NaN; −0 becomes 0.
func radixSorted(_ values: [Double]) -> [Double] {
  let sign: UInt64 = 1 << 63
  let count = values.count
  if count < 256 { return values.map { $0 + 0 }.sorted() }
  // The order of keys is the order of numbers: negative ones have all bits turned, others the sign alone.
  var keys = values.map { value in
    let bits = (value + 0).bitPattern
    return bits & sign == 0 ? bits | sign : ~bits
  }
  var other = [UInt64](repeating: 0, count: count)
  var places = [Int](repeating: 0, count: 8 * 256)
  keys.withUnsafeBufferPointer { keys in
    places.withUnsafeMutableBufferPointer { places in
      for key in keys {
        var (rest, digit) = (key, 0)
        while digit < 8 {
          places[digit &* 256 &+ Int(rest & 255)] &+= 1
          rest &>>= 8
          digit &+= 1
        }
      }
    }
  }
  for digit in 0..<8 {
    // All keys share this digit: a pass would move nothing.
    let shared = places[digit * 256 + Int(keys[0] >> UInt64(8 * digit) & 255)]
    if shared == count { continue }
    var start = 0
    for place in digit * 256..<(digit + 1) * 256 { (places[place], start) = (start, start + places[place]) }
    keys.withUnsafeBufferPointer { keys in
      other.withUnsafeMutableBufferPointer { other in
        places.withUnsafeMutableBufferPointer { places in
          for key in keys {
            let place = digit &* 256 &+ Int(key &>> UInt64(8 &* digit) & 255)
            other[places[place]] = key
            places[place] &+= 1
          }
        }
      }
    }
    swap(&keys, &other)
  }
  return keys.map { Double(bitPattern: $0 & sign == 0 ? ~$0 : $0 & ~sign) }
}
