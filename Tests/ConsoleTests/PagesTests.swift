import Core
import HTTPTypes
import SQL
import TestSupport
import Testing

@testable import Console

@Suite struct PagesTests {
    @Test func `the pages of the demo are served and load only our own files`() async throws {
        try await TestServer.run(on: .sqlite, settings: ["DEMO": "true"]) { server in
            let events = ["/events", "/events/e1/host", "/events/e1/screen", "/join", "/join/AB2CD3"]
            let accounts = ["/register", "/verify", "/login", "/forgot", "/reset", "/account"]
            let monitoring = ["/jobs", "/jobs/1", "/playground", "/unsubscribe/1/00112233445566778899aabbccddeeff"]
            for path in ["/", "/watch", "/watch/harbour"] + events + accounts + monitoring {
                let page = try await server.send(.get, path)
                #expect(page.status == 200 && page.text.contains("<!doctype html>"))
                #expect(page.headers["content-security-policy"]?.hasPrefix("default-src 'self'") == true)
                #expect(page.headers["referrer-policy"] == "no-referrer")
                #expect(!page.text.contains("{{") && !page.text.contains("style="))
                for address in page.text.matches(of: /(?:src|href)="(\/[^"#]*)"/).map({ String($0.output.1) }) {
                    #expect(try await server.send(.get, address).status == 200, "\(address) of \(path)")
                }
            }
            let clips = try await server.send(.get, "/watch").text
            #expect(SampleContent.clips.allSatisfy { clips.contains($0.id.description) })
            #expect(try await server.send(.get, "/login").text.contains(SampleUser.password))
            for path in ["/jobs", "/playground"] {
                let page = try await server.send(.get, path).text
                #expect(page.contains("data-sample-account=\"\(SampleContent.posts.account)\""))
            }
            let own = try await server.send(.get, "/events").text
            #expect(own.contains("/events/\(SampleContent.event.id)/host") && own.contains("SAMPLEHQST"))
        }
    }

    @Test func `without the demo there are no clips, and an unknown page says so kindly`() async throws {
        try await TestServer.run(on: .sqlite) { server in
            #expect(try await server.send(.get, "/watch").text.contains("dogear serve --demo"))
            let events = try await server.send(.get, "/events").text
            #expect(!events.contains("SAMPLEHQST"))
            #expect(try await !server.send(.get, "/login").text.contains(SampleUser.password))
            #expect(try await !server.send(.get, "/jobs").text.contains("data-sample-account"))
            let missing = try await server.send(.get, "/watch/harbour", headers: ["Accept": "text/html,*/*"])
            #expect(missing.status == 404 && missing.headers["content-type"] == "text/html; charset=utf-8")
            #expect(try await server.send(.get, "/watch/harbour")["code"].string == "not-found")
        }
    }

    @Test func `the dialog after an ending counts down for as long as the setting says`() async throws {
        try await TestServer.run(on: .sqlite, settings: ["EVENT_RESUME_DIALOG_SECONDS": "12"]) { server in
            let page = try await server.send(.get, "/events/e1/host").text
            #expect(page.contains("data-resume-seconds=\"12\""))
        }
    }

    @Test func `what stands in an address stands on its page as text`() async throws {
        try await TestServer.run(on: .sqlite) { server in
            let evil = "%3Cscript%3E%22x"
            for path in ["/jobs/\(evil)", "/join/\(evil)", "/events/\(evil)/host", "/events/\(evil)/screen"] {
                let page = try await server.send(.get, path)
                #expect(page.status == 200)
                #expect(!page.text.contains("<script>") && !page.text.contains("\"x\""))
            }
        }
    }

    @Test func `a link that no mail of ours has leads to no page`() async throws {
        try await TestServer.run(on: .sqlite) { server in
            let token = "00112233445566778899aabbccddeeff"
            for path in ["1/\(token)0", "1/\(token.uppercased())", "0/\(token)", "x/\(token)", "1/%3Cscript%3E"] {
                let page = try await server.send(.get, "/unsubscribe/\(path)", headers: ["Accept": "text/html"])
                #expect(page.status == 404 && !page.text.contains("<script>"), "\(path)")
            }
        }
    }

    @Test func `files are told unchanged, and clips are served in ranges`() async throws {
        try await TestServer.run(on: .sqlite) { server in
            let script = try await server.send(.get, "/sdk/dogear.js")
            #expect(script.headers["content-type"] == "text/javascript; charset=utf-8")
            let tag = try #require(script.headers["etag"])
            #expect(try await server.send(.get, "/sdk/dogear.js", headers: ["If-None-Match": tag]).status == 304)
            let part = try await server.send(.get, "/clips/harbour.webm", headers: ["Range": "bytes=100-199"])
            #expect(part.status == 206 && part.headers["content-range"]?.hasPrefix("bytes 100-199/") == true)
            #expect(part.headers["content-length"] == "100" || part.headers["content-length"] == nil)
            let beyond = try await server.send(.get, "/clips/harbour.webm", headers: ["Range": "bytes=99999999-"])
            #expect(beyond.status == 416)
            #expect(try await server.send(.get, "/openapi.yaml").text.hasPrefix("openapi: 3.1"))
        }
    }

    @Test(
        arguments: [
            ("bytes=0-0", .satisfiable(0..<1)), ("bytes=0-", .satisfiable(0..<10)), ("bytes=-3", .satisfiable(7..<10)),
            ("bytes=5-99", .satisfiable(5..<10)), ("bytes=10-", .unsatisfiable), ("bytes=-0", .unsatisfiable),
            ("bytes=-99", .satisfiable(0..<10)), ("bytes=3-2", nil), ("bytes=a-b", nil), ("bytes=0-1,3-4", nil),
            ("lines=1-2", nil),
            ("bytes=9223372036854775807-", .unsatisfiable), ("bytes=0-9223372036854775807", .satisfiable(0..<10)),
        ] as [(String, ByteRange?)]) func `one range of ten bytes is read`(header: String, range: ByteRange?)
    {
        #expect(ByteRange(header, of: 10) == range)
    }

    @Test func `where questionnaires are private, their pages tell a stranger nothing`() async throws {
        let secret = "a secret of at least thirty-two bytes"
        for (isPublic, tells) in [("false", false), ("true", true)] {
            let settings = ["JWT_SECRET": secret, "ASSESSMENTS_PUBLIC": isPublic]
            try await TestServer.run(on: .sqlite, settings: settings) { server in
                try await server.database.write {
                    try $0.script("UPDATE questionnaires SET title = 'Layoffs 2027', description = 'Who goes'")
                }
                let known = try await server.send(.get, "/assessments/default")
                #expect(known.status == 200)
                #expect(known.text.contains("Layoffs") == tells && known.text.contains("Who goes") == tells)
                let unknown = try await server.send(.get, "/assessments/nobody")
                #expect(unknown.status == (tells ? 404 : 200))
            }
        }
    }
}
