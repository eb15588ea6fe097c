import Foundation
import Tensors
import TestKit
import Testing

/// Random blocks with the values that the reference libraries give them.
enum BlockOracle {
  static let folder = Folders.root.appendingPathComponent("Tests/Oracles/weights")
  static var gguf: String { folder.appendingPathComponent("blocks.gguf").path }

  static func expected(_ name: String) throws -> Tensor {
    let path = folder.appendingPathComponent("blocks.safetensors").path
    return try #require(try SafetensorsFile(path: path)[name])
  }

  static let formats: [DType] = [
    .f32, .f16, .bf16, .q4v0, .q4v1, .q5v0, .q5v1, .q8v0, .q2k, .q3k, .q4k, .q5k, .q6k, .iq4nl, .iq4xs, .mxfp4,
  ]
}

func sameBits(_ a: [Float], _ b: [Float]) -> Bool { a.map(\.bitPattern) == b.map(\.bitPattern) }

@Suite("Block formats", .timeLimit(.minutes(10)))
struct BlockFormatTests {
  @Test("every format decodes to the reference's values, bit for bit", arguments: BlockOracle.formats)
  func decode(dtype: DType) throws {
    let name = "blocks.\(dtype.rawValue)"
    let tensor = try #require(try GGUFFile(path: BlockOracle.gguf)[name])
    #expect(tensor.dtype == dtype)
    #expect(tensor.shape == [2, 256])
    #expect(tensor.count == 512)
    let wanted = try BlockOracle.expected(name).floats()
    #expect(sameBits(try tensor.floats(), wanted))
    let matrix = try StoredMatrix(tensor)
    #expect(sameBits(try matrix.floats(), wanted))
    #expect(sameBits(try matrix.rows(1..<2).floats(), Array(wanted[256...])))
    #expect(matrix.byteCount == tensor.byteCount)
    #expect(throws: TensorError.self) { try tensor.integers() }
  }

  @Test("experts in MXFP4 decode to the reference's values, each on its own", arguments: [0, 1])
  func experts(index: Int) throws {
    let blocks = try BlockOracle.expected("experts_blocks")
    let scales = try BlockOracle.expected("experts_scales")
    let wanted = Array(try BlockOracle.expected("experts").floats()[(index * 576)..<(index * 576 + 576)])
    let matrix = try StoredMatrix(mxfp4: blocks, scales: scales, expert: index)
    #expect((matrix.out, matrix.width) == (6, 96))
    #expect(sameBits(try matrix.floats(), wanted))
    // Gate and up rows alternate.
    let up = matrix.every(2, from: 1)
    #expect(up.out == 3)
    #expect(sameBits(try up.floats(), [1, 3, 5].flatMap { wanted[($0 * 96)..<($0 * 96 + 96)] }))
    #expect(matrix.byteCount == 6 * 3 * 17)
  }

  @Test("a row is found where the rows of a head lie as pairs")
  func pairs() throws {
    let floats = (0..<24).map { Float($0) }
    let tensor = Tensor(name: "wheel", shape: [8, 3], floats: floats, path: "mill")
    // Two heads of four rows: stored 0 1 2 3 are rows 0 2 1 3 of the head.
    let seen = try tensor.renamed("q", pairedHead: 4).floats()
    let order = [0, 2, 1, 3, 4, 6, 5, 7]
    #expect(seen == order.flatMap { row -> ArraySlice<Float> in floats[(row * 3)..<(row * 3 + 3)] })
    let vector = Tensor(name: "bias", shape: [8], floats: (0..<8).map { Float($0) }, path: "mill")
    #expect(try vector.renamed("b", pairedHead: 4).floats() == order.map { Float($0) })
    #expect(try vector.renamed("b", pairedHead: 4).bf16Bits() == order.map { bf16(Float($0)) })
  }

  @Test("a matrix of a stack is the matrix of its index")
  func stack() throws {
    let tensor = Tensor(name: "jars", shape: [2, 2, 2], floats: (0..<8).map { Float($0) }, path: "mill")
    #expect(try StoredMatrix(tensor, at: 1).floats() == [4, 5, 6, 7])
    let beyond = #expect(throws: TensorError.self) { try StoredMatrix(tensor, at: 2) }
    #expect(beyond?.description == "mill: tensor \"jars\": has no matrix 2 of 2")
    #expect(throws: TensorError.self) { try StoredMatrix(tensor) }
  }

  @Test("experts whose codes and scales do not fit are refused")
  func badExperts() throws {
    func tensor(_ name: String) throws -> Tensor { try BlockOracle.expected(name) }
    func problem(_ blocks: String, _ scales: String, _ index: Int = 0) -> String {
      let error = #expect(throws: TensorError.self) {
        try StoredMatrix(mxfp4: try tensor(blocks), scales: try tensor(scales), expert: index)
      }
      return error?.description ?? ""
    }
    #expect(problem("experts_blocks", "experts_scales", 2).contains("has no expert 2 of 2"))
    #expect(problem("experts", "experts_scales").contains("expected bytes (U8) of MXFP4, found F32"))
    #expect(problem("experts_scales", "experts_scales").contains("MXFP4 codes are [experts, rows, groups, 16]"))
    #expect(problem("experts_blocks", "experts_blocks").contains("ask for [2, 6, 3]"))
  }

  @Test("pages that were given back are read again")
  func giveBack() throws {
    let tensor = try #require(try GGUFFile(path: BlockOracle.gguf)["blocks.Q6_K"])
    let before = try tensor.floats()
    tensor.giveBack()
    try StoredMatrix(tensor).giveBack()
    #expect(sameBits(try tensor.floats(), before))
  }
}
