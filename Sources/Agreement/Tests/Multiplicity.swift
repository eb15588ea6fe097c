// p-values adjusted for a family of tests: each in 0…1, in the order given, monotone in the p-values and capped at 1. An empty
// family has no adjusted values. A test without a p-value is no member of the family: leave it out and say so.

/// Each p-value times the size of the family (Bonferroni 1936); holds the family-wise error.
public func bonferroni(_ pValues: [Double]) -> [Double] {
  pValues.map { min(1, $0 * Double(pValues.count)) }
}

/// Holm's step-down adjustment (Holm 1979); holds the family-wise error and is never above Bonferroni's.
public func holm(_ pValues: [Double]) -> [Double] {
  var largest = 0.0
  return adjusted(pValues, order: ascending(pValues)) { p, place in
    largest = max(largest, p * Double(pValues.count - place))
    return min(1, largest)
  }
}

/// Benjamini & Hochberg's step-up adjustment (1995); holds the false discovery rate of independent tests.
public func benjaminiHochberg(_ pValues: [Double]) -> [Double] { falseDiscoveryRate(pValues, factor: 1) }

/// Benjamini & Yekutieli's adjustment (2001): that of Benjamini & Hochberg times Σ 1/i; holds under any dependence.
public func benjaminiYekutieli(_ pValues: [Double]) -> [Double] {
  falseDiscoveryRate(pValues, factor: pValues.indices.reduce(0) { $0 + 1 / Double($1 + 1) })
}

private func falseDiscoveryRate(_ pValues: [Double], factor: Double) -> [Double] {
  let count = Double(pValues.count)
  var smallest = 1.0
  return adjusted(pValues, order: ascending(pValues).reversed()) { p, place in
    smallest = min(smallest, p * factor * count / (count - Double(place)))
    return smallest
  }
}

private func ascending(_ pValues: [Double]) -> [Int] {
  precondition(pValues.allSatisfy { $0 >= 0 && $0 <= 1 }, "a p-value is 0…1")
  return pValues.indices.sorted { pValues[$0] < pValues[$1] }
}

private func adjusted(_ pValues: [Double], order: [Int], _ step: (Double, Int) -> Double) -> [Double] {
  var result = pValues
  for (place, index) in order.enumerated() { result[index] = step(pValues[index], place) }
  return result
}
