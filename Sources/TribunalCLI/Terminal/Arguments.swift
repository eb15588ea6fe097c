// A conformance of another module's type shows both modules.
public import Abliteration
public import ArgumentParser
public import Inference
public import LabelTables
public import PaperReplication
public import Study

extension ComputePath: ExpressibleByArgument {}
extension PromptPolicy: ExpressibleByArgument {}
extension EditPreset: ExpressibleByArgument {}
extension CheckpointExport.Precision: ExpressibleByArgument {}
extension TableFormat: ExpressibleByArgument {}
extension PromptKind: ExpressibleByArgument {}
extension Construct: ExpressibleByArgument {}
extension LabelScheme.PartialRule: ExpressibleByArgument {}
extension Replication.Section: ExpressibleByArgument {}
extension LabelWords.Unknown: ExpressibleByArgument {}
extension RatedItems.Scale: ExpressibleByArgument {}
extension TextEncoding: ExpressibleByArgument {}
