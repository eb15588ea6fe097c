/// The tensor types of GGUF files, by their numbers (ggml's `ggml_type`).
enum GGUFType {
  private static let known: [(number: UInt32, dtype: DType)] = [
    (0, .f32), (1, .f16), (2, .q4v0), (3, .q4v1), (6, .q5v0), (7, .q5v1), (8, .q8v0), (10, .q2k), (11, .q3k),
    (12, .q4k), (13, .q5k), (14, .q6k), (20, .iq4nl), (23, .iq4xs), (24, .i8), (25, .i16), (26, .i32), (27, .i64),
    (28, .f64), (30, .bf16), (39, .mxfp4),
  ]

  /// Types that exist and are not read here, so that an error can name them.
  private static let others: [UInt32: String] = [
    9: "Q8_1", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S", 21: "IQ3_S", 22: "IQ2_S",
    29: "IQ1_M", 34: "TQ1_0", 35: "TQ2_0", 40: "NVFP4", 41: "Q1_0",
  ]

  static func dtype(_ number: UInt32) -> DType? { known.first { $0.number == number }?.dtype }
  static func name(_ number: UInt32) -> String { others[number] ?? "\(number)" }
  static var supported: String { known.filter { $0.dtype.isFloat }.map(\.dtype.rawValue).joined(separator: ", ") }
}
