// A conformance of another module's type shows both modules.
public import ArgumentParser
public import Inference
public import Study

extension ComputePath: ExpressibleByArgument {}
extension PromptPolicy: ExpressibleByArgument {}
