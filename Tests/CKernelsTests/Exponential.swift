import Foundation

/// The library's exponential, in double precision.
func exponential(_ value: Double) -> Double { exp(value) }

/// The library's hyperbolic tangent and error function, in double precision.
func hyperbolicTangent(_ value: Double) -> Double { tanh(value) }
func errorFunction(_ value: Double) -> Double { erf(value) }
