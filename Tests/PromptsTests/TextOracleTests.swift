import Hashing
import JSON
import Prompts
import TestKit
import Testing

@Suite("Texts, scripts and permutations against other libraries", .timeLimit(.minutes(10)))
struct TextOracleTests {
  @Test("normal forms are those of NFKC and case folding")
  func normal() throws {
    let cases = try #require(try PromptOracle.part("normal").array)
    #expect(cases.count == 250)
    for pair in cases {
      let (text, wanted) = (try #require(pair.array?[0].string), try #require(pair.array?[1].string))
      let found = NormalText.of(text)
      #expect(found.utf8.elementsEqual(wanted.utf8), "\(text.debugDescription): \(found.debugDescription)")
      #expect(NormalText.of(found).utf8.elementsEqual(found.utf8), "again: \(text.debugDescription)")
    }
  }

  @Test("the script of a character is the one of Unicode")
  func scripts() throws {
    let cases = try #require(try PromptOracle.part("scripts").array)
    #expect(cases.count == 21)
    for entry in cases {
      let name = try #require(entry["script"]?.string)
      for value in try #require(entry["scalars"]?.array) {
        let scalar = try #require(value.integer.flatMap { UInt32(exactly: $0) }.flatMap(Unicode.Scalar.init))
        #expect(Script(of: scalar).name == name, "U+\(String(scalar.value, radix: 16))")
      }
    }
    #expect(Script(of: "\u{378}").name == "unknown" && Script(of: "\u{10FFFF}").name == "unknown")
  }

  @Test("a permutation is the one of NumPy's RandomState and of pandas' sample")
  func permutations() throws {
    let cases = try #require(try PromptOracle.part("permutations").array)
    #expect(cases.count == 66)
    for entry in cases {
      let seed = try #require(entry["seed"]?.integer.flatMap { UInt32(exactly: $0) })
      var random = NumPyRandom(seed: seed)
      let found = random.permutation(try #require(entry["count"]?.integer))
      #expect(Array(found.prefix(5)) == entry["first"]?.array?.compactMap(\.integer))
      #expect(
        SHA256.hex(found.map { String($0) }.joined(separator: ",")) == entry["sha256"]?.string,
        "\(seed), \(found.count)"
      )
    }
  }
}
