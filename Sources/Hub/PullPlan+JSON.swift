public import JSON

extension PullPlan {
  /// The facts of a pull that is done, for programs; `fetchedBytes` are those that were not there before.
  public var facts: JSONObject {
    [
      "repository": .string(reference.repository.id),
      "revision": .string(reference.revision.name),
      "commit": .string(commit),
      "folder": .string(folder),
      "reference": .string("\(HubReference.prefix)\(reference.repository)@\(commit)"),
      "totalBytes": .integer(Int64(totalBytes)),
      "fetchedBytes": .integer(Int64(missingBytes)),
      "files": .array(
        files.map { entry in
          [
            "path": .string(entry.file.path), "bytes": .integer(Int64(entry.file.size)),
            "fetchedBytes": .integer(Int64(entry.file.size - entry.present)),
            entry.file.hash.kind.rawValue: .string(entry.file.hash.digits),
          ]
        }
      ),
    ]
  }
}
