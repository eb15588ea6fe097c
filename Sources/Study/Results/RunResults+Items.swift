internal import JSON
public import JudgeHost
public import JudgeKit

extension RunResults {
  /// A response as a judge is shown it.
  /// - Parameters:
  ///   - index: index into `responses`.
  ///   - seesRespondent: whether the judge asks the system that answered.
  public func item(_ index: Int, show: ShownText = .answer, seesRespondent: Bool = false) -> Item {
    let response = responses[index]
    return ItemIdentity.item(
      prompt: prompts[response.prompt].text,
      response: response.shown(show),
      systemID: seesRespondent ? systems[response.system].id : nil,
      reasoning: response.reasoning
    )
  }

  /// All responses as a judge is shown them, in their order.
  public func items(show: ShownText = .answer, seesRespondent: Bool = false) -> [Item] {
    responses.indices.map { item($0, show: show, seesRespondent: seesRespondent) }
  }

  /// All responses as this judge is shown them, in their order.
  public func items(for judge: JudgeInfo) -> [Item] { items(show: judge.show, seesRespondent: judge.seesRespondent) }
}

extension ResponseInfo {
  /// What a judge sees of it.
  public func shown(_ show: ShownText) -> String { show.text(answer: text, reasoning: reasoning, raw: raw) }
}

extension JudgeInfo {
  /// What of a response it is shown.
  public var show: ShownText { ShownText(configuration: RunStore.json(configuration)) }
}
