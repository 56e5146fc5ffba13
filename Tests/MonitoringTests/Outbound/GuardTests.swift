import Core
import Foundation
import Synchronization
import TestSupport
import Testing
@testable import Monitoring

/// What keeps anybody's addresses from leading inside.
@Suite struct GuardTests {
    @Test(arguments: [
        "http://127.0.0.1:PORT/", "http://127.1:PORT/", "http://2130706433:PORT/", "http://0x7f000001:PORT/",
        "http://[::1]:PORT/",
        "http://[::ffff:127.0.0.1]:PORT/", "http://localhost:PORT/", "http://LOCALHOST:PORT/",
        "http://127%2e0.0.1:PORT/",
        "http://169.254.169.254/latest/meta-data/",
    ]) func `an address inside is refused, however it is written, and nothing is fetched`(text: String) async throws {
        try await Outside.run(allow: [], { _, _ in .text("inside") }) { outside in
            let url = text.replacing("PORT", with: String(outside.server.port))
            let failure = await failure(OutboundFailure.self) {
                try await outside.outbound.send(OutboundRequest(url, to: .anybody))
            }
            guard case .refused = failure else {
                Issue.record("\(url): \(String(describing: failure))")
                return
            }
            #expect(outside.server.requests.isEmpty)
        }
    }

    @Test(arguments: [
        "file:///etc/passwd", "gopher://8.8.8.8/", "http://user:pass@8.8.8.8/", "http://user@8.8.8.8/", "unix:///tmp/x",
        "//8.8.8.8/",
        "http+unix://x/", "http://", "http:///x", "http://a b/", "http://8.8.8.8:99999/", "", "http://a\\@b/",
        "http://[fe80::1%25lo]/",
    ]) func `what is no plain http or https address is refused`(url: String) async throws {
        try await Outside.run({ _, _ in .text("") }) { outside in
            let failure = await failure(OutboundFailure.self) {
                try await outside.outbound.send(OutboundRequest(url, to: .anybody))
            }
            #expect(failure == .refused("is not an http or https address that can be asked"))
        }
    }

    @Test func `a name that leads outside and inside at once is refused`() async throws {
        let resolver = HostResolver { _ in ["93.184.216.34", "10.0.0.1"].compactMap { IPAddress($0) } }
        try await Outside.run(allow: [], resolver: resolver, { _, _ in .text("") }) { outside in
            let failure = await failure(OutboundFailure.self) {
                try await outside.outbound.send(OutboundRequest("http://both.example/", to: .anybody))
            }
            guard case .refused = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
        }
    }

    /// The name answers with an address that may be asked the first time, and with another ever after. Were it looked up again for the
    /// connection, by whatever resolver, that would lead to the server of this test.
    @Test func `the connection goes to the address that was checked, and to no later one`() async throws {
        let asked = Mutex(0)
        let resolver = HostResolver { _ in
            let count = asked.withLock { count in
                count += 1
                return count
            }
            return [IPAddress(count == 1 ? "127.0.0.2" : "127.0.0.1")].compactMap { $0 }
        }
        try await Outside.run(allow: ["127.0.0.2/32"], resolver: resolver, { _, _ in .text("inside") }) { outside in
            let url = "http://localhost:\(outside.server.port)/"
            // Nobody listens at the address that was checked.
            let first = await failure(OutboundFailure.self) {
                try await outside.outbound.send(OutboundRequest(url, to: .anybody))
            }
            #expect(first == .failed("cannot be reached, or cut the connection"))
            let second = await failure(OutboundFailure.self) {
                try await outside.outbound.send(OutboundRequest(url, to: .anybody))
            }
            guard case .refused = second else {
                Issue.record("\(String(describing: second))")
                return
            }
            #expect(asked.withLock { $0 } == 2 && outside.server.requests.isEmpty)
        }
    }

    @Test func `the name that was asked for goes along in the Host header`() async throws {
        let resolver = HostResolver { _ in [IPAddress("127.0.0.1")].compactMap { $0 } }
        try await Outside.run(resolver: resolver, { _, _ in .text("yes") }) { outside async throws in
            let url = "http://Feed.Example:\(outside.server.port)/x"
            #expect(try await outside.outbound.send(OutboundRequest(url, to: .anybody)).status == 200)
            #expect(outside.server.requests.first?.headers["host"] == "feed.example:\(outside.server.port)")
        }
    }

    @Test func `of several addresses the next is tried where one cannot be reached`() async throws {
        let resolver = HostResolver { _ in ["127.0.0.2", "127.0.0.1"].compactMap { IPAddress($0) } }
        try await Outside.run(resolver: resolver, { _, _ in .text("yes") }) { outside async throws in
            let url = "http://two.example:\(outside.server.port)/"
            #expect(try await outside.outbound.send(OutboundRequest(url, to: .anybody)).status == 200)
        }
    }

    @Test func `a redirect to the inside is not followed`() async throws {
        let resolver = HostResolver { host in
            [IPAddress(host == "out.example" ? "127.0.0.1" : "127.0.0.3")].compactMap { $0 }
        }
        try await Outside.run(
            allow: ["127.0.0.1/32"], resolver: resolver,
            { request, _ in
                .text(
                    "", status: 302,
                    headers: [
                        "Location":
                            "http://in.example:\(request.headers["host"]?.split(separator: ":").last ?? "")/secret"
                    ])
            }
        ) { outside in
            let failure = await failure(OutboundFailure.self) {
                try await outside.outbound.send(
                    OutboundRequest("http://out.example:\(outside.server.port)/", to: .anybody))
            }
            guard case .refused = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(outside.server.requests.map(\.path) == ["/"])
        }
    }

    @Test(arguments: ["file:///etc/passwd", "http://u:p@127.0.0.1/", "gopher://x/", "http://"])
    func `a redirect to what is no address is refused`(location: String) async throws {
        try await Outside.run({ _, _ in .text("", status: 301, headers: ["Location": location]) }) { outside in
            let failure = await failure(OutboundFailure.self) {
                try await outside.outbound.send(OutboundRequest(outside.server.origin, to: .anybody))
            }
            guard case .refused = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
        }
    }

    @Test func `five redirects are followed, six are not`() async throws {
        try await Outside.run({ request, _ in
            let left = Int(request.path.dropFirst()) ?? 0
            return left == 0 ? .text("there") : .text("", status: 302, headers: ["Location": "/\(left - 1)"])
        }) { outside in
            let reply = try await outside.outbound.send(OutboundRequest(outside.server.origin + "/5", to: .anybody))
            #expect(reply.status == 200 && reply.url == outside.server.origin + "/0")
            let failure = await failure(OutboundFailure.self) {
                try await outside.outbound.send(OutboundRequest(outside.server.origin + "/6", to: .anybody))
            }
            #expect(failure == .failed("redirects more than 5 times"))
        }
    }

    @Test func `a key is not sent on to another server`() async throws {
        let resolver = HostResolver { _ in [IPAddress("127.0.0.1")].compactMap { $0 } }
        try await Outside.run(
            resolver: resolver,
            { request, _ in
                guard request.path == "/start" else { return .text("there") }
                let port = request.headers["host"]?.split(separator: ":").last ?? ""
                return .text("", status: 307, headers: ["Location": "http://other.example:\(port)/end"])
            }
        ) { outside in
            var request = OutboundRequest("http://one.example:\(outside.server.port)/start", to: .anybody)
            request.secrets = [("Authorization", "Bearer k")]
            _ = try await outside.outbound.send(request)
            #expect(outside.server.requests.map { $0.headers["authorization"] } == ["Bearer k", nil])
        }
    }

    @Test func `only redirects for good from the start on tell where something has moved to`() async throws {
        try await Outside.run({ request, _ in
            switch request.path {
            case "/a": .text("", status: 301, headers: ["Location": "/b"])
            case "/b": .text("", status: 308, headers: ["Location": "/c"])
            case "/c": .text("", status: 302, headers: ["Location": "/d"])
            case "/d": .text("", status: 301, headers: ["Location": "/e"])
            default: .text("there")
            }
        }) { outside in
            let reply = try await outside.outbound.send(OutboundRequest(outside.server.origin + "/a", to: .anybody))
            #expect(reply.movedTo == outside.server.origin + "/c" && reply.url == outside.server.origin + "/e")
        }
    }

    @Test func `the operator's own address is not checked, and a redirect of it not followed`() async throws {
        try await Outside.run(allow: [], { _, _ in .text("", status: 302, headers: ["Location": "/x"]) }) {
            outside async throws in
            #expect(
                try await outside.outbound.send(OutboundRequest(outside.server.origin, to: .operators)).status == 302)
        }
    }

    @Test func `the system's resolver knows this machine and refuses nobody's name`() async throws {
        #expect(try await HostResolver.system.addresses("localhost").contains { !$0.isPublic })
        #expect(try await HostResolver.system.addresses("nobody.invalid").isEmpty)
    }
}
