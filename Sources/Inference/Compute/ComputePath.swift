/// Which arithmetic runs the matrices; activations and sums are float32 on every path.
public enum ComputePath: String, Sendable, CaseIterable {
  /// float32 weights on OpenBLAS: the reference.
  case f32
  /// The weights as stored, on our own kernels.
  case bf16
  /// Weights rounded to 8 bits when they are read: 32 neighbours of a row share a float32 scale, the largest magnitude / 127.
  case int8
  /// Weights rounded to 4 bits when they are read: 32 neighbours of a row share a float32 scale, the largest weight / -8.
  case int4

  /// The paths that keep the weights as they are stored. What the others do to the logits, ``LogitDamage`` measures.
  public static let exact: [ComputePath] = [.f32, .bf16]
}
