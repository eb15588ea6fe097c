// A conformance of another module's type shows both modules.
public import Abliteration
public import ArgumentParser
public import Inference

extension ComputePath: ExpressibleByArgument {}
extension EditPreset: ExpressibleByArgument {}
extension CheckpointExport.Precision: ExpressibleByArgument {}
