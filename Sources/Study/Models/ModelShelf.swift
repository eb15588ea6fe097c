internal import Dispatch
public import Inference

/// Loads each checkpoint once and lends its engine to whoever asks.
public actor ModelShelf {
  /// The arithmetic of all its engines.
  public nonisolated let compute: ComputePath
  private let threads: Int
  private let limits: Engine.Limits
  private let keep: Int
  private var loading: [String: Task<Engine, any Error>] = [:]
  /// Folders, the one longest unused first.
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
  /// - Throws: `CheckpointError` or `EngineError`; a failed load is tried anew next time.
  public func engine(folder: String) async throws -> Engine {
    let task = loading[folder] ?? load(folder)
    loading[folder] = task
    order.removeAll { $0 == folder }
    order.append(folder)
    while order.count > keep { loading[order.removeFirst()] = nil }
    do { return try await task.value } catch {
      if loading[folder] == task {
        loading[folder] = nil
        order.removeAll { $0 == folder }
      }
      throw error
    }
  }

  /// Reading weights takes a thread for seconds; it must not be one of the shared pool.
  private func load(_ folder: String) -> Task<Engine, any Error> {
    let (threads, compute, limits) = (threads, compute, limits)
    return Task.detached {
      try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async {
          continuation.resume(
            with: Result {
              try Engine(try LanguageCheckpoint(folder: folder, compute: compute), threads: threads, limits: limits)
            }
          )
        }
      }
    }
  }
}
