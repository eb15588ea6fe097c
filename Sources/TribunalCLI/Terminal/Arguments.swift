// A conformance of another module's type shows both modules.
public import ArgumentParser
public import Inference

extension ComputePath: ExpressibleByArgument {}
