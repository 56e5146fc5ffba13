import Core
import Foundation
import Synchronization
import TestSupport
import Testing
@testable import Monitoring

/// The way out, over real sockets.
@Suite struct OutboundTests {
    @Test func `a request says who asks, and keys go along`() async throws {
        try await Outside.run({ _, _ in .text("yes") }) { outside in
            var request = OutboundRequest(outside.server.origin + "/a?b=c", to: .operators)
            request.secrets = [("Authorization", "Bearer k")]
            let reply = try await outside.outbound.send(request)
            #expect(reply.status == 200 && String(decoding: reply.body, as: UTF8.self) == "yes")
            let seen = try #require(outside.server.requests.first)
            #expect(seen.headers["user-agent"] == "dogear/1.2.3" && seen.headers["authorization"] == "Bearer k")
            #expect(seen.target == "/a?b=c")
        }
    }

    @Test func `two seconds of Retry-After are waited for, and the request is sent again`() async throws {
        try await Outside.run({ _, count in
            count == 0 ? .text("slow", status: 429, headers: ["Retry-After": "2"]) : .text("yes")
        }) { outside in
            let request = OutboundRequest(outside.server.origin, to: .operators)
            let reply = try await outside.waiting(.seconds(2)) { try await outside.outbound.send(request) }
            #expect(reply.status == 200 && outside.server.requests.count == 2)
        }
    }

    @Test func `an hour is not waited for but told`() async throws {
        try await Outside.run({ _, _ in .text("slow", status: 429, headers: ["Retry-After": "3600"]) }) { outside in
            let failure = await failure(OutboundFailure.self) {
                try await outside.outbound.send(OutboundRequest(outside.server.origin, to: .operators))
            }
            #expect(failure == .rateLimited(until: outside.clock.now + .hours(1)))
            #expect(outside.server.requests.count == 1)
        }
    }

    @Test func `a limit whose end nobody tells is not waited for`() async throws {
        try await Outside.run({ _, _ in .text("slow", status: 429) }) { outside in
            let failure = await failure(OutboundFailure.self) {
                try await outside.outbound.send(OutboundRequest(outside.server.origin, to: .operators))
            }
            #expect(failure == .rateLimited(until: nil))
        }
    }

    @Test func `a limit that goes on is waited for three times`() async throws {
        try await Outside.run({ _, _ in .text("slow", status: 503, headers: ["Retry-After": "5"]) }) { outside in
            async let ended = failure(OutboundFailure.self) {
                try await outside.outbound.send(OutboundRequest(outside.server.origin, to: .operators))
            }
            for _ in 0..<3 {
                await outside.clock.sleepers(1)
                outside.clock.advance(.seconds(5))
            }
            #expect(await ended == .rateLimited(until: outside.clock.now + .seconds(5)))
            #expect(outside.server.requests.count == 4)
        }
    }

    @Test func `a 503 without a time is an answer like any other`() async throws {
        try await Outside.run({ _, _ in .text("", status: 503) }) { outside async throws in
            #expect(
                try await outside.outbound.send(OutboundRequest(outside.server.origin, to: .operators)).status == 503)
        }
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", "cut"), ("", "cut"), ("no HTTP at all\r\n\r\n", "no HTTP"),
    ]) func `a connection that is cut, or speaks no HTTP, fails in words`(bytes: String, word: String) async throws {
        try await Outside.run({ _, _ in .raw(bytes) }) { outside in
            let failure = await failure(OutboundFailure.self) {
                try await outside.outbound.send(OutboundRequest(outside.server.origin, to: .operators))
            }
            guard case .failed(let reason) = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(reason.contains(word), "\(reason)")
        }
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"])
    func `a server that falls silent is given up`(bytes: String) async throws {
        let limits = Outbound.Limits(whole: .milliseconds(300))
        try await Outside.run(limits: limits, { _, _ in .silence(bytes) }) { outside in
            for destination in [OutboundRequest.Destination.operators, .anybody] {
                let failure = await failure(OutboundFailure.self) {
                    try await outside.outbound.send(OutboundRequest(outside.server.origin, to: destination))
                }
                #expect(failure == .failed("took too long to answer"))
            }
        }
    }

    @Test func `nobody listens`() async throws {
        try await Outside.run({ _, _ in .text("") }) { outside in
            let port = try freePort()
            for destination in [OutboundRequest.Destination.operators, .anybody] {
                let failure = await failure(OutboundFailure.self) {
                    try await outside.outbound.send(OutboundRequest("http://127.0.0.1:\(port)", to: destination))
                }
                #expect(failure == .failed("cannot be reached, or cut the connection"))
            }
        }
    }

    @Test func `more than the limit of bytes is not taken`() async throws {
        let much = String(repeating: "x", count: 5 << 20)
        try await Outside.run({ request, _ in .text(request.path == "/more" ? much + "x" : much) }) { outside in
            let fits = try await outside.outbound.send(OutboundRequest(outside.server.origin, to: .operators))
            #expect(fits.body.count == 5 << 20)
            let failure = await failure(OutboundFailure.self) {
                try await outside.outbound.send(OutboundRequest(outside.server.origin + "/more", to: .operators))
            }
            #expect(failure == .failed("sent more than 5 MB"))
        }
    }

    @Test func `who is cancelled waits no longer`() async throws {
        try await Outside.run({ _, _ in .text("slow", status: 429, headers: ["Retry-After": "30"]) }) { outside in
            let sending = Task {
                try await outside.outbound.send(OutboundRequest(outside.server.origin, to: .operators))
            }
            await outside.clock.sleepers(1)
            sending.cancel()
            await #expect(throws: CancellationError.self) { try await sending.value }
        }
    }
}
