import HTTP
import TestKit
import Testing

@Suite("Proxies", .timeLimit(.minutes(10)))
struct HTTPProxyTests {
  private let client = HTTPClient(idleSeconds: 100_000)

  @Test(
    "the way is chosen as the usual variables say",
    arguments: [
      ("https://mill.example/v1", ["https_proxy": "http://p:1"], "http://p:1"),
      ("https://mill.example/v1", ["HTTPS_PROXY": "http://p:1", "http_proxy": "http://q:1"], "http://p:1"),
      ("https://mill.example/v1", ["https_proxy": "http://p:1", "HTTPS_PROXY": "http://q:1"], "http://p:1"),
      ("http://mill.example/v1", ["https_proxy": "http://p:1"], nil),
      ("http://mill.example/v1", ["http_proxy": "http://p:1"], "http://p:1"),
      ("http://mill.example/v1", ["HTTP_PROXY": "http://p:1"], nil),
      ("http://mill.example/v1", ["ALL_PROXY": "socks5://p:1"], "socks5://p:1"),
      ("https://mill.example/v1", ["all_proxy": "socks5://p:1", "https_proxy": ""], "socks5://p:1"),
      ("http://127.0.0.1:8080/v1", ["http_proxy": "http://p:1", "all_proxy": "http://q:1"], nil),
      ("https://localhost/v1", ["https_proxy": "http://p:1"], nil),
      ("http://[::1]:80", ["http_proxy": "http://p:1"], nil),
      ("https://mill.example/v1", [:], nil),
    ] as [(String, [String: String], String?)]
  )
  func environment(address: String, environment: [String: String], proxy: String?) {
    #expect(HTTPProxy(to: address, declared: nil, environment: environment).url == proxy)
    #expect(HTTPProxy(to: address, declared: "http://own:1", environment: environment).url == "http://own:1")
  }

  @Test(
    "this machine is known by its names only",
    arguments: [
      ("http://127.0.0.1", true), ("http://127.8.9.1:80/x", true), ("https://LOCALHOST:1/", true),
      ("http://[::1]/", true),
      ("http://127.0.0.1.mill.example", false), ("http://localhost@mill.example", false), ("http://128.0.0.1", false),
      ("http://127.0.0", false), ("http://127.0.0.256", false), ("http://localhost.example", false),
      ("127.0.0.1", false),
    ]
  )
  func loopback(address: String, isLoopback: Bool) { #expect(HTTPProxy.isLoopback(address) == isLoopback) }

  @Test("a request goes through its proxy, which sees the whole address")
  func through() async throws {
    let proxy = try HTTPTestServer { _ in .whole(200, [], "from the proxy") }
    let request = HTTPRequest(url: "http://mill.example:81/v1", proxy: HTTPProxy(url: proxy.url))
    let response = try await client.send(request)
    #expect(String(decoding: response.body, as: UTF8.self) == "from the proxy")
    #expect(proxy.requests.map(\.path) == ["http://mill.example:81/v1"])
  }

  @Test("TLS asks the proxy for a tunnel, and its refusal is no way")
  func tunnel() async throws {
    let proxy = try HTTPTestServer { _ in .whole(403) }
    let request = HTTPRequest(
      url: "https://mill.example/v1",
      headers: [("X-Key", "k")],
      proxy: HTTPProxy(url: proxy.url)
    )
    let error = await #expect(throws: HTTPError.self) { try await client.send(request) }
    guard case .unreachable = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(proxy.requests.map(\.method) == ["CONNECT"])
    #expect(proxy.requests.first?.header("X-Key") == nil)
  }

  @Test("exceptions go straight", arguments: ["127.0.0.1", "localhost,127.0.0.0/8", "*"])
  func exceptions(list: String) async throws {
    let proxy = try HTTPTestServer { _ in .whole(500) }
    let server = try HTTPTestServer { _ in .whole(200) }
    let way = HTTPProxy(url: proxy.url, exceptions: list)
    #expect(try await client.send(HTTPRequest(url: server.url, proxy: way)).status == 200)
    #expect(proxy.requests.isEmpty && server.requests.count == 1)
  }

  @Test("requests of different ways do not share a connection")
  func apart() async throws {
    let proxy = try HTTPTestServer { _ in .whole(200, [], "proxy") }
    let server = try HTTPTestServer { _ in .whole(200, [], "server") }
    for _ in 0..<3 {
      for (way, name) in [(HTTPProxy.none, "server"), (HTTPProxy(url: proxy.url), "proxy")] {
        let response = try await client.send(HTTPRequest(url: server.url, proxy: way))
        #expect(String(decoding: response.body, as: UTF8.self) == name)
      }
    }
    #expect(proxy.connectionCount == 1 && server.connectionCount == 1)
  }
}
