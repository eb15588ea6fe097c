internal import Hashing

extension CheckpointWeights {
  /// SHA-256 over ``headerHash`` and a sample of every tensor's bytes: eight runs of 4 KB spread evenly over it, or all of
  /// it where it is no longer than that.
  ///
  /// Checkpoints of one architecture have equal headers, so their data must be looked at; training and edits change
  /// nearly every element of a tensor, and a sample reads megabytes where the whole would read gigabytes.
  public var sampleHash: String {
    let (runs, length) = (8, 4096)
    var hash = SHA256()
    hash.update("sample 1\n\(headerHash)\n")
    for file in files {
      for tensor in file.tensors {
        tensor.withBytes { bytes in
          guard bytes.count > runs * length else { return hash.update(bytes) }
          for run in 0..<runs {
            let start = (bytes.count - length) / (runs - 1) * run
            hash.update(UnsafeRawBufferPointer(rebasing: bytes[start..<(start + length)]))
          }
        }
        // A page that is touched brings its neighbours along: hundreds of megabytes over a large checkpoint.
        tensor.giveBack()
      }
    }
    return hash.finish()
  }
}
