internal import Dispatch
public import Inference
internal import JSON

/// Loads each checkpoint once and lends its engine to whoever asks.
public actor ModelShelf {
  /// The arithmetic of all its engines.
  public nonisolated let compute: ComputePath
  private let threads: Int
  private let limits: Engine.Limits
  private let keep: Int
  private var loading: [String: Task<Engine, any Error>] = [:]
  /// Folders with their edits, the one longest unused first.
  private var order: [String] = []

  /// Makes an empty shelf.
  /// - Parameters:
  ///   - threads: compute threads of an engine.
  ///   - keep: how many checkpoints stay loaded; the one longest unused goes first.
  public init(threads: Int, compute: ComputePath, limits: Engine.Limits = .init(), keep: Int = 4) {
    self.threads = threads
    self.compute = compute
    self.limits = limits
    self.keep = max(1, keep)
  }

  /// The engine of a checkpoint folder; callers at the same time wait for one and the same load.
  /// - Parameter weightEdit: an edit that is done to the weights when they are read; such an engine is one of its own.
  /// - Throws: `CheckpointError` or `EngineError`; a failed load is tried anew next time.
  public func engine(folder: String, weightEdit: EditLane = .none) async throws -> Engine {
    let key = weightEdit.isNone ? folder : "\(folder)\n\(weightEdit.recipe.text())\n\(weightEdit.direction)"
    let task = loading[key] ?? load(folder, weightEdit)
    loading[key] = task
    order.removeAll { $0 == key }
    order.append(key)
    while order.count > keep { loading[order.removeFirst()] = nil }
    do { return try await task.value } catch {
      if loading[key] == task {
        loading[key] = nil
        order.removeAll { $0 == key }
      }
      throw error
    }
  }

  /// Reading weights takes a thread for seconds; it must not be one of the shared pool.
  private func load(_ folder: String, _ weightEdit: EditLane) -> Task<Engine, any Error> {
    let (threads, compute, limits) = (threads, compute, limits)
    return Task.detached {
      try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async {
          continuation.resume(
            with: Result {
              let checkpoint = try LanguageCheckpoint(folder: folder, compute: compute, weightEdit: weightEdit)
              return try Engine(checkpoint, threads: threads, limits: limits)
            }
          )
        }
      }
    }
  }
}
