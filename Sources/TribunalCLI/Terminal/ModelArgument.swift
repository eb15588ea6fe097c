internal import ArgumentParser
internal import Hub

/// What a model option says in help.
let modelHelp: ArgumentHelp = "Checkpoint folder or GGUF file, or hub:OWNER/NAME@REVISION in the cache."

/// The folder that a model option means.
func checkpointFolder(_ text: String) throws -> String {
  do { return try CheckpointReference(text).folder } catch { throw ValidationError("\(error)") }
}
