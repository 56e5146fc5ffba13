import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing

@testable import Console

/// How texts go out: packed, and not at all to who has them.
@Suite struct DeliveryTests {
    private struct Answer {
        let status: Int
        let headers: HTTPFields
        let bytes: [UInt8]
    }

    private func get(_ server: TestServer, _ path: String, _ headers: HTTPFields = [:]) async throws -> Answer {
        let response = try await server.client.executeRequest(uri: path, method: .get, headers: headers, body: nil)
        return Answer(
            status: response.status.code, headers: response.headers, bytes: Array(response.body.readableBytesView))
    }

    /// What other people's gunzip makes of it.
    private func unpacked(_ bytes: [UInt8]) throws -> String {
        let folder = try temporaryFolder("gzip")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(bytes).write(to: URL(fileURLWithPath: folder + "/text.gz"))
        return try run("gzip", ["-dc", folder + "/text.gz"])
    }

    @Test(arguments: ["/", "/watch", "/sdk/dogear.js", "/assets/dogear.css", "/openapi.yaml"])
    func `a text goes out packed to who likes it so, and has a tag of its own then`(path: String) async throws {
        try await TestServer.run(on: .sqlite, settings: ["DEMO": "true"]) { server in
            let plain = try await get(server, path)
            #expect(plain.headers[.contentEncoding] == nil && plain.headers[.vary] == "Accept-Encoding, Origin")
            let packed = try await get(server, path, [.acceptEncoding: "gzip, deflate, br"])
            #expect(packed.headers[.contentEncoding] == "gzip" && packed.headers[.vary] == "Accept-Encoding, Origin")
            #expect(packed.bytes.count * 2 < plain.bytes.count)
            #expect(try unpacked(packed.bytes) == String(decoding: plain.bytes, as: UTF8.self))
            let (own, other) = (try #require(packed.headers[.eTag]), try #require(plain.headers[.eTag]))
            #expect(own != other)
            let refused = try await get(server, path, [.acceptEncoding: "gzip;q=0"])
            #expect(refused.headers[.contentEncoding] == nil && refused.headers[.eTag] == other)
        }
    }

    @Test(arguments: ["/watch", "/sdk/dogear.js", "/clips/harbour.jpg"])
    func `who has a file already is told so, by a weak tag, by one of a list and by a star`(path: String) async throws {
        try await TestServer.run(on: .sqlite, settings: ["DEMO": "true"]) { server in
            let tag = try #require(try await get(server, path).headers[.eTag])
            for known in [tag, "W/\(tag)", "\"a,b\", W/\(tag) , \"c\"", "\"x\",\(tag)", "*", " * "] {
                let again = try await get(server, path, [.ifNoneMatch: known])
                #expect(again.status == 304 && again.bytes.isEmpty, "\(known)")
                #expect(again.headers[.eTag] == tag && again.headers[.cacheControl] == "no-cache")
            }
            for other in ["\"x\"", "W/\"x\"", "x, y", ""] {
                #expect(try await get(server, path, [.ifNoneMatch: other]).status == 200, "\(other)")
            }
        }
    }

    @Test func `a tag of the packed text is no tag of the plain one`() async throws {
        try await TestServer.run(on: .sqlite) { server in
            let gzip: HTTPFields = [.acceptEncoding: "gzip"]
            let tag = try #require(try await get(server, "/watch", gzip).headers[.eTag])
            #expect(try await get(server, "/watch", [.ifNoneMatch: tag]).status == 200)
            #expect(try await get(server, "/watch", [.ifNoneMatch: tag, .acceptEncoding: "gzip"]).status == 304)
        }
    }

    @Test func `pictures, short files and parts of files are left as they are`() async throws {
        try await TestServer.run(on: .sqlite) { server in
            for path in ["/clips/harbour.jpg", "/clips/harbour.webm", "/assets/icon.svg", "/health"] {
                let answer = try await get(server, path, [.acceptEncoding: "gzip"])
                #expect(answer.status == 200 && answer.headers[.contentEncoding] == nil, "\(path)")
            }
            let part = try await get(server, "/sdk/dogear.js", [.acceptEncoding: "gzip", .range: "bytes=0-99"])
            #expect(part.status == 206 && part.headers[.contentEncoding] == nil && part.bytes.count == 100)
        }
    }

    @Test func `a page that was not found has no tag, and is never said to be known`() async throws {
        try await TestServer.run(on: .sqlite) { server in
            let asked: HTTPFields = [.accept: "text/html", .ifNoneMatch: "*"]
            let missing = try await get(server, "/nowhere", asked)
            #expect(missing.status == 404 && missing.headers[.eTag] == nil && !missing.bytes.isEmpty)
        }
    }
}
