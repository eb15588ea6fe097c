public import Endpoints
internal import Glibc
internal import Hub
internal import JudgeKit

extension JudgeDeclaration {
  /// What asking about these items will take; nil for a judge that asks no endpoint. Asks nobody.
  /// - Parameters:
  ///   - items: how many will be asked: equal ones once, known ones not.
  ///   - bytes: of all their prompts and responses (UTF-8), at least and at most.
  public func estimate(items: Int, bytes: ClosedRange<Int>) -> CostEstimate? {
    guard kind.usesEndpoints else { return nil }
    let reading = ModelReading(options, standard: .generate)
    let examples = (options.objects("fewShot") ?? []).reduce(0) { sum, example in
      sum + ["prompt", "response", "label"].reduce(0) { $0 + (example.string($1)?.utf8.count ?? 0) } + templateBytes
    }
    let exampleFile = options.string("fewShotFile").map(fileBytes) ?? 0
    let question = CostEstimate.Question(
      items: items,
      bytes: bytes,
      frameBytes: templateBytes + (options.string("system")?.utf8.count ?? 0) + examples + exampleFile,
      requestsPerItem: reading.samples * (reading.swapsLabels ? 2 : 1),
      maximumTokens: reading.method == .generate ? reading.maximumTokens : 1,
      attempts: host.attempts
    )
    return CostEstimate(question, price: host.requestLimits.price)
  }

  /// Checkpoint folders that it names and that are not there, as its entry says them where they are no paths.
  public var missingCheckpoints: [String] {
    checkpoints.filter { !((try? CheckpointReference($0))?.isReadable ?? false) }
  }

  /// Checkpoint folders that it names; a reference that is no path stays as it is.
  public var checkpoints: [String] {
    kind.options.compactMap { option in
      guard option.kind == .checkpoint, let text = options.string(option.key) else { return nil }
      return text.hasPrefix("hub:") ? text : OptionReader(baseFolder: baseFolder).path(text)
    }
  }

  /// UTF-8 bytes around the texts of an item: the wording with nothing in it.
  package var frameBytes: Int { templateBytes + (options.string("system")?.utf8.count ?? 0) }

  private var templateBytes: Int {
    let name = options.string("prompt") ?? "binary-v1"
    guard let template = PromptTemplate.builtIn.first(where: { $0.name == name }) else { return fileBytes(name) }
    let words = ModelReading.words(options)
    let empty = PromptTemplate.Filling(prompt: "", response: "", delimiter: "=====", words: words, order: .declared)
    return template.userText(empty).utf8.count + (template.systemText(empty)?.utf8.count ?? 0)
  }

  /// 0 for a file that cannot be read: whoever starts the judge is told.
  private func fileBytes(_ path: String) -> Int {
    var status = stat()
    return stat(OptionReader(baseFolder: baseFolder).path(path), &status) == 0 ? Int(status.st_size) : 0
  }
}
