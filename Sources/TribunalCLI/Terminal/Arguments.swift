public import Abliteration
public import ArgumentParser
public import Inference
public import LabelTables
public import PaperReplication
// A conformance of another module's type shows both modules.
public import Prompts

extension ComputePath: ExpressibleByArgument {}
extension PromptPolicy: ExpressibleByArgument {}
extension PromptFormat: ExpressibleByArgument {}
extension PromptSplit.Plan.Balance: ExpressibleByArgument {}
extension PartSize: ExpressibleByArgument {
  /// `250`, `20%`, `0.2` or `rest`.
  public init?(argument: String) { self.init(argument) }
}
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
