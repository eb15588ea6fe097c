import Endpoints
import JudgeKit
import Locking
import TestKit
import Testing

@Suite("Gate of a judge's requests", .timeLimit(.minutes(10)))
struct RequestGateTests {
  private static let expected = TokenUsage(prompt: 90, completion: 10)

  private func gate(_ pace: ManualPace = ManualPace(), _ change: (inout RequestLimits) -> Void) -> RequestGate {
    var limits = RequestLimits(concurrency: 4)
    change(&limits)
    return RequestGate(limits, pace: pace)
  }

  /// Sends a request that uses what is given; the reason when it was not let in.
  private func send(_ gate: RequestGate, used: TokenUsage? = TokenUsage(prompt: 40, completion: 2)) async throws
    -> AbstainReason?
  {
    switch try await gate.enter(Self.expected) {
    case .granted(let ticket):
      gate.leave(ticket, used: used.map { ($0, true) })
      return nil
    case .refused(let reason, _): return reason
    }
  }

  @Test("requests follow each other at the declared rate")
  func requestRate() async throws {
    let pace = ManualPace()
    let gate = gate(pace) { $0.requestsPerMinute = 30 }
    for _ in 0..<5 { #expect(try await send(gate) == nil) }
    #expect(pace.sleeps == [2, 2, 2, 2])
  }

  @Test("tokens are held to their rate by what was really used")
  func tokenRate() async throws {
    let pace = ManualPace()
    let gate = gate(pace) { $0.tokensPerMinute = 6000 }
    // A second's worth is 100 tokens. 100 are expected of each request and 42 used.
    for _ in 0..<10 { #expect(try await send(gate) == nil) }
    #expect(abs(pace.seconds - 9 * 0.42) < 0.01)
  }

  @Test("a budget of requests is kept exactly, whoever asks at once")
  func requests() async throws {
    let gate = gate { $0.requests = 7 }
    let refused = try await withThrowingTaskGroup(of: AbstainReason?.self) { group in
      for _ in 0..<40 { group.addTask { try await send(gate) } }
      return try await group.reduce(into: [AbstainReason]()) { if let reason = $1 { $0.append(reason) } }
    }
    #expect(refused == Array(repeating: .budget, count: 33))
    #expect(gate.spending.requests == 7)
  }

  @Test("a budget of tokens lets in only what is likely to fit")
  func tokens() async throws {
    let gate = gate { $0.tokens = 300 }
    var sent = 0
    while try await send(gate) == nil { sent += 1 }
    // 42 are used each time and 100 must still fit.
    #expect(sent == 5)
    #expect(gate.spending.tokens == 210)
  }

  @Test("a budget of money counts by the price")
  func money() async throws {
    let gate = gate {
      $0.price = TokenPrice(input: 1000, output: 50_000, currency: "EUR")
      $0.money = 1
    }
    var sent = 0
    while try await send(gate) == nil { sent += 1 }
    // 0.04 + 0.1 each time, and 0.09 + 0.5 must still fit.
    #expect(sent == 3)
    #expect(abs((gate.spending.money ?? 0) - 0.42) < 1e-9)
    #expect(gate.spending.currency == "EUR")
  }

  @Test("what the endpoint did not count is kept apart")
  func estimated() async throws {
    let gate = gate { $0.price = TokenPrice(input: 1e6, output: 1e6, currency: "EUR") }
    #expect(try await send(gate) == nil)
    guard case .granted(let ticket) = try await gate.enter(Self.expected) else {
      Issue.record("not let in")
      return
    }
    gate.leave(ticket, used: (TokenUsage(prompt: 7, completion: 1), false))
    #expect(gate.spending.counted == TokenUsage(prompt: 40, completion: 2))
    #expect(gate.spending.estimated == TokenUsage(prompt: 7, completion: 1))
    #expect(gate.spending.money == 50)
  }

  @Test("when the run's time is over nobody goes in, and nobody waits beyond it")
  func seconds() async throws {
    let pace = ManualPace()
    let gate = gate(pace) {
      $0.seconds = 10
      $0.requestsPerMinute = 15
    }
    for _ in 0..<3 { #expect(try await send(gate) == nil) }
    // The fourth turn would come at 12 seconds.
    #expect(try await send(gate) == .budget)
    #expect(pace.seconds == 8)
    guard case .granted(let ticket) = try await self.gate(pace, { $0.seconds = 10 }).enter(Self.expected) else {
      Issue.record("not let in")
      return
    }
    #expect(ticket.secondsLeft == 10)
  }

  @Test("an endpoint that asks for a pause gets it from all requests")
  func pause() async throws {
    let pace = ManualPace()
    let gate = gate(pace) { _ in }
    gate.pause(seconds: 20)
    #expect(try await send(gate) == nil)
    #expect(pace.sleeps == [20])
    #expect(try await send(gate) == nil)
    #expect(pace.sleeps == [20])
  }

  @Test("a closed gate says why, and the first reason stays")
  func closed() async throws {
    let gate = gate { _ in }
    gate.close(.authentication, detail: "status 401")
    gate.close(.quota, detail: "status 402")
    guard case .refused(.authentication, "status 401") = try await gate.enter(Self.expected) else {
      Issue.record("let in")
      return
    }
  }

  @Test("no more than the declared number is under way, and whoever is cancelled in the queue frees its place")
  func concurrency() async throws {
    let gate = gate { $0.concurrency = 3 }
    var tickets: [RequestGate.Ticket] = []
    for _ in 0..<3 {
      if case .granted(let ticket) = try await gate.enter(Self.expected) { tickets.append(ticket) }
    }
    #expect(tickets.count == 3)
    let (waits, teller) = AsyncStream.makeStream(of: Void.self)
    let late = Task {
      teller.yield()
      return try await gate.enter(Self.expected)
    }
    for await _ in waits { break }
    late.cancel()
    await #expect(throws: CancellationError.self) { try await late.value }
    for ticket in tickets { gate.leave(ticket, used: nil) }
    let running = Locked((now: 0, most: 0))
    let counter = Counter(running)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<50 {
        group.addTask {
          guard case .granted(let ticket) = try await gate.enter(Self.expected) else { return }
          counter.add(1)
          await Task.yield()
          counter.add(-1)
          gate.leave(ticket, used: nil)
        }
      }
      try await group.waitForAll()
    }
    #expect(counter.most <= 3)
    #expect(gate.spending.requests == 53)
  }

  private final class Counter: Sendable {
    private let running: Locked<(now: Int, most: Int)>
    init(_ running: Locked<(now: Int, most: Int)>) { self.running = running }
    var most: Int { running.withLock { $0.most } }
    func add(_ number: Int) {
      running.withLock {
        $0.now += number
        $0.most = max($0.most, $0.now)
      }
    }
  }
}
