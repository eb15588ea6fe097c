public import Endpoints
internal import Glibc
public import JudgeKit

extension JudgeDeclaration {
  /// What asking about these items will take; nil for a judge that asks no endpoint. Asks nobody.
  /// - Parameter items: those that will be asked: each once, without what is known already.
  public func estimate(of items: [Item]) -> CostEstimate? {
    guard kind.usesEndpoints else { return nil }
    let reading = ModelReading(options, standard: .generate)
    let examples = (options.objects("fewShot") ?? []).reduce(0) { sum, example in
      sum + ["prompt", "response", "label"].reduce(0) { $0 + (example.string($1)?.utf8.count ?? 0) } + templateBytes
    }
    let exampleFile = options.string("fewShotFile").map(fileBytes) ?? 0
    let question = CostEstimate.Question(
      itemBytes: items.map { $0.prompt.utf8.count + $0.response.utf8.count },
      frameBytes: templateBytes + (options.string("system")?.utf8.count ?? 0) + examples + exampleFile,
      requestsPerItem: reading.samples * (reading.swapsLabels ? 2 : 1),
      maximumTokens: reading.method == .generate ? reading.maximumTokens : 1,
      attempts: host.attempts
    )
    return CostEstimate(question, price: host.requestLimits.price)
  }

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
