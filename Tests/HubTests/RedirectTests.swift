import Foundation
import HTTP
import Locking
import TestKit
import Testing

@testable import Hub

@Suite("Redirects and the token", .timeLimit(.minutes(10)))
struct RedirectTests {
  static let token = "hf_theMillersOwnKey"

  @Test("the token goes to the hub, and to no other host or port")
  func token() async throws {
    try await Folders.temporary { folder in
      let hub = try FakeHub(FakeHub.checkpoint(), hasStore: true)
      var pull = PullSetting(hub, in: folder)
      pull.environment = ["HF_TOKEN": Self.token]
      try await pull.run()
      #expect(hub.server.requests.allSatisfy { $0.header("Authorization") == "Bearer \(Self.token)" })
      let store = try #require(hub.store)
      #expect(!store.requests.isEmpty)
      #expect(
        store.requests.allSatisfy { request in
          request.header("Authorization") == nil
            && !request.headers.contains { $0.value.contains(Self.token) } && !request.path.contains(Self.token)
        }
      )
    }
  }

  @Test("a token that has left its host does not come back by a redirect")
  func andBack() async throws {
    try await Folders.temporary { folder in
      let address = Locked("")
      let files = FakeHub.checkpoint()
      let hub = try FakeHub(
        files,
        hasStore: true,
        mischief: { $0.path == "/back" ? FakeHub.content($0, files[2]) : nil },
        storeMischief: { _ in .whole(302, [("Location", address.withLock { $0 } + "/back")]) }
      )
      address.withLock { $0 = hub.server.url }
      var pull = PullSetting(hub, in: folder)
      pull.environment = ["HF_TOKEN": Self.token]
      pull.tuning.connections = 1
      pull.choice = FileChoice(exclude: ["*.json"])
      pull.tuning.pieceBytes = 1 << 20
      try await pull.run()
      let back = hub.server.requests.filter { $0.path == "/back" }
      #expect(back.count == 1)
      #expect(back.allSatisfy { $0.header("Authorization") == nil })
    }
  }

  @Test("circles and long chains of redirects end", arguments: [true, false])
  func circles(isCircle: Bool) async throws {
    try await Folders.temporary { folder in
      let hub = try FakeHub(FakeHub.checkpoint()) { request in
        guard FakeHub.isContent(request) else { return nil }
        let next = isCircle ? request.path : request.path + "x"
        return .whole(302, [("Location", next)], "round and round")
      }
      guard case .badRedirect(_, let why)? = await PullSetting(hub, in: folder).failure() else {
        Issue.record("expected the redirects to be told")
        return
      }
      #expect(why.contains(isCircle ? "circle" : "10 redirects"))
    }
  }

  @Test(
    "redirects to other schemes, plain http elsewhere, or nowhere are refused",
    arguments: [
      "file:///etc/passwd", "ftp://mill.example/x", "http://mill.example/x", "", "http://miller:key@127.0.0.1/x",
      "javascript:alert(1)",
    ]
  )
  func schemes(location: String) async throws {
    try await Folders.temporary { folder in
      let hub = try FakeHub(FakeHub.checkpoint()) { request in
        FakeHub.isContent(request) ? .whole(302, location.isEmpty ? [] : [("Location", location)]) : nil
      }
      guard case .badRedirect? = await PullSetting(hub, in: folder).failure() else {
        Issue.record("expected the redirect to be refused")
        return
      }
    }
  }

  @Test("what a hub says is told without the token and without control characters")
  func echo() async throws {
    try await Folders.temporary { folder in
      let hub = try FakeHub(FakeHub.checkpoint()) { request in
        let said = "\\u001b[31mbad \(request.header("Authorization") ?? "")\\nerror: forged"
        return .whole(403, [], #"{"error": "\#(said)"}"#)
      }
      var pull = PullSetting(hub, in: folder)
      pull.environment = ["HF_TOKEN": Self.token]
      let text = "\(try #require(await pull.failure()))"
      #expect(text.contains("bad Bearer (secret)"))
      #expect(!text.contains(Self.token) && !text.contains("\n") && !text.contains("\u{1B}"))
    }
  }

  @Test("a variable that holds no token is told without its value", arguments: ["two words", "line\nbreak", "Mühle"])
  func badToken(value: String) async throws {
    try await Folders.temporary { folder in
      let hub = try FakeHub(FakeHub.checkpoint())
      var pull = PullSetting(hub, in: folder)
      pull.environment = ["HF_TOKEN": value]
      let error = try #require(await pull.failure())
      #expect(error == .badToken(variable: "HF_TOKEN"))
      #expect(!"\(error)".contains(value))
      #expect(hub.server.requests.isEmpty)
    }
  }

  @Test("an address is https, or http to this machine, or allowed")
  func addresses() throws {
    for good in [
      "https://hub.example", "https://hub.example/mirror/", "http://127.0.0.1:80", "http://localhost", "http://[::1]:9",
    ] {
      #expect(try !HubEndpoint(good).url.hasSuffix("/"))
    }
    for bad in [
      "hub.example", "ftp://hub.example", "http://hub.example", "https://", "https://miller:key@hub.example",
      "https://hub.example?x=1", "https://hub.example/ x",
    ] {
      #expect(throws: HubError.self, "\(bad)") { try HubEndpoint(bad) }
    }
    #expect(try HubEndpoint("http://hub.example", allowsPlain: true).takesToken == false)
    #expect(try HubEndpoint(option: nil, environment: [:]).url == HubEndpoint.publicHub)
    #expect(
      try HubEndpoint(option: nil, environment: ["HF_ENDPOINT": "http://localhost:7/"]).url == "http://localhost:7"
    )
    #expect(
      try HubEndpoint(option: "https://b.example", environment: ["HF_ENDPOINT": "https://a.example"]).url
        == "https://b.example"
    )
    let error = #expect(throws: HubError.self) { try HubEndpoint(option: nil, environment: ["HF_ENDPOINT": "mill"]) }
    #expect("\(try #require(error))".hasPrefix("HF_ENDPOINT"))
  }
}
