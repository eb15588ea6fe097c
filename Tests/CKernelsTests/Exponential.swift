import Foundation

/// The library's exponential, in double precision.
func exponential(_ value: Double) -> Double { exp(value) }
