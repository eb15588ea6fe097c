/// Polak & Ribière's nonlinear conjugate gradients with restart (Nocedal & Wright 2006, section 5.2) and a bisecting line
/// search for the strong Wolfe conditions. Deterministic: the same function and start give the same bits.
enum ConjugateGradient {
  /// Walks downhill from a point.
  /// - Parameters:
  ///   - iterations: lines searched at most.
  ///   - gradientTolerance: the largest component of the gradient at which it stops.
  /// - Returns: the lowest point found, never above the start, and the value there.
  static func minimize(
    from start: [Double],
    iterations: Int = 25,
    gradientTolerance: Double = 1e-2,
    _ function: ([Double]) -> (value: Double, gradient: [Double])
  ) -> (point: [Double], value: Double) {
    var point = start
    var (value, gradient) = function(point)
    var direction = gradient.map { -$0 }
    var step = 1 / max(1, dot(gradient, gradient).squareRoot())
    for _ in 0..<iterations where largest(gradient) > gradientTolerance {
      var slope = dot(gradient, direction)
      if slope >= 0 {
        direction = gradient.map { -$0 }
        slope = -dot(gradient, gradient)
      }
      guard let found = search(function, point, direction, value, slope, step) else { break }
      let change = zip(found.gradient, gradient).map { $0 - $1 }
      let turn = max(0, dot(found.gradient, change) / dot(gradient, gradient))
      direction = zip(found.gradient, direction).map { -$0 + turn * $1 }
      // The next first guess promises the same first-order decrease as this step.
      let next = dot(found.gradient, direction)
      step = next < 0 ? min(1, found.step * slope / next) : found.step
      (point, value, gradient) = (found.point, found.value, found.gradient)
    }
    return (point, value)
  }

  private struct Found {
    let step: Double
    let point: [Double]
    let value: Double
    let gradient: [Double]
  }

  private static func search(
    _ function: ([Double]) -> (value: Double, gradient: [Double]),
    _ point: [Double],
    _ direction: [Double],
    _ value: Double,
    _ slope: Double,
    _ first: Double
  ) -> Found? {
    let (decrease, curvature) = (1e-4, 0.4)
    var (low, high) = (0.0, Double.infinity)
    var step = first
    var best: Found?
    for _ in 0..<40 {
      let there = zip(point, direction).map { $0 + step * $1 }
      let (found, gradient) = function(there)
      let along = dot(gradient, direction)
      if !found.isFinite || found > value + decrease * step * slope {
        high = step
      } else {
        let candidate = Found(step: step, point: there, value: found, gradient: gradient)
        if found < best?.value ?? .infinity { best = candidate }
        if abs(along) <= curvature * abs(slope) { return candidate }
        if along > 0 { high = step } else { low = step }
      }
      step = high.isInfinite ? 2 * step : (low + high) / 2
    }
    return best
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

  private static func largest(_ vector: [Double]) -> Double { vector.reduce(0) { max($0, abs($1)) } }
}
