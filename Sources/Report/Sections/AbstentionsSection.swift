internal import JudgeKit
internal import Study
internal import Wording

/// What became of every question to every judge: labels, and what stood in the way of one, by reason.
struct AbstentionsSection {
  private let source: ReportSource

  init(_ source: ReportSource) { self.source = source }

  private var accounts: [JudgeAccount] { source.analysis.accounts }

  /// Reasons that occur, in the order of the closed list.
  private var reasons: [AbstainReason] {
    AbstainReason.allCases.filter { reason in
      accounts.contains { $0.abstained.contains { $0.reason == reason.rawValue } }
    }
  }

  var body: Markup {
    let intro = HTML.paragraph(
      "Every answer was shown to every judge that could be asked. An answer without a label is in no rate; why there is none "
        + "says whether the judge, the way to it or this program stood in between.",
      style: "note"
    )
    guard !reasons.isEmpty else {
      return .lines([intro, HTML.paragraph("Every judge that was asked gave every answer a label."), table] + missing)
    }
    let meanings = reasons.flatMap { reason in
      [
        Markup.element("dt", [:], Markup(reason.rawValue)),
        Markup.element("dd", [:], Markup("\(Words.meaning(reason.origin)): \(Words.meaning(reason))")),
      ]
    }
    return .lines([intro, table] + missing + [HTML.details("What the reasons mean", [.element("dl", [:], meanings)])])
  }

  /// Answers that systems elsewhere did not give; nothing where there are none.
  private var missing: [Markup] {
    let gaps = source.results.gaps
    guard !gaps.isEmpty else { return [] }
    let rows = gaps.prefix(Self.longestList).map { gap -> Markup in
      let prompt = source.results.prompts[gap.prompt].name
      return HTML.row(
        source.results.systems[gap.system].name,
        [prompt, "\(gap.sample)", gap.reason.rawValue, gap.detail ?? ""].map { HTML.cell($0) }
      )
    }
    let rest = gaps.count - rows.count
    let more = HTML.paragraph("… and \(DecimalText.grouped(rest)) more; tribunal agree --json counts all.")
    return [
      .element("h3", [:], "Answers that never came"),
      HTML.paragraph(
        "\(DecimalText.grouped(gaps.count)) prompts have no answer of a system elsewhere. They are in no number; the same "
          + "command asks again, but where the system itself gave something else than an answer.",
        style: "note"
      ),
      HTML.scroll(
        "Missing answers",
        HTML.table("Prompts without an answer", ["System", "Prompt", "Sample", "Reason", "What came instead"], rows)
      ),
    ] + (rest > 0 ? [more] : [])
  }

  private static let longestList = 200

  private var table: Markup {
    let cached = accounts.contains { $0.cached > 0 }
    let heads =
      ["Judge", "#labelled", "#no label"] + reasons.map { "#\($0.rawValue)" } + ["#not asked"]
      + (cached ? ["#from the cache"] : [])
    let rows = source.results.judges.indices.map { judge -> Markup in
      let (info, account) = (source.results.judges[judge], accounts[judge])
      let counts = reasons.map { reason in account.abstained.first { $0.reason == reason.rawValue }?.count ?? 0 }
      let numbers =
        [account.labelled, account.abstentions] + counts + [account.unasked] + (cached ? [account.cached] : [])
      let name = info.status == .ready ? info.name : "\(info.name) (\(Words.status(info)))"
      return HTML.row(name, numbers.map { HTML.number(DecimalText.grouped($0)) })
    }
    return HTML.scroll("Abstentions", HTML.table("Answers by what each judge made of them", heads, rows))
  }
}

extension Words {
  /// Where a family of reasons lies.
  static func meaning(_ origin: AbstainReason.Origin) -> String {
    switch origin {
    case .judge: "the judge's answer"
    case .transport: "the way to the judge"
    case .fatal: "the judge as a whole"
    case .host: "this program"
    }
  }

  /// One line a reason.
  static func meaning(_ reason: AbstainReason) -> String {
    switch reason {
    case .unparsed: "no label could be read from it"
    case .ambiguous: "it means both labels, or neither"
    case .lowMass: "too little probability lay on the labels"
    case .outOfRange: "its number lay outside its scale, or its score outside 0 to 1"
    case .emptyAnswer: "it was empty"
    case .truncated: "it was cut off before a label"
    case .judgeRefused: "it declined to judge"
    case .contentFilter: "a filter of the service withheld it"
    case .toolCall: "it called a tool instead of answering"
    case .timeout: "no answer in time"
    case .unreachable: "no connection"
    case .rateLimited: "the service asked to wait until the attempts were used up"
    case .serverError: "the service failed until the attempts were used up"
    case .malformedResponse: "what came was no answer of the protocol"
    case .truncatedResponse: "the connection broke in the middle"
    case .responseTooLarge: "what came was larger than any answer"
    case .contextLength: "the item does not fit the judge's context"
    case .authentication: "the key was refused"
    case .permission: "the key may not do this"
    case .quota: "the account is exhausted"
    case .badRequest: "the service does not understand the request"
    case .notFound: "there is no such address"
    case .modelNotFound: "there is no such model"
    case .redirect: "the service has moved"
    case .budget: "the declared budget was spent"
    case .outOfScope: "the judge does not judge such items"
    case .cancelled: "the run was stopped"
    case .crashed: "the judge broke"
    case .protocolError: "the judge broke its contract"
    }
  }
}
