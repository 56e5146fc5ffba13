import Core
import Foundation
import HTTPTypes
import TestSupport
import Testing
import Web

@testable import Console

@Suite struct ReferenceTests {
    @Test func `every call and every schema stands on the page once, and every link leads somewhere`() async throws {
        try await TestServer.run(on: .sqlite) { server in
            let page = try await server.send(.get, "/api")
            #expect(page.status == 200 && page.headers["content-type"] == "text/html; charset=utf-8")
            let ids = page.text.matches(of: /\sid="([^"]+)"/).map { String($0.output.1) }
            #expect(Set(ids).count == ids.count, "an id stands twice")
            let document = try OpenAPIDocument(try #require(Asset.named("docs/openapi.yaml")).text)
            #expect(document.operations.count > 120)
            for operation in document.operations {
                #expect(ids.contains(operation.id), "\(operation.id)")
                #expect(page.text.contains("<code>\(operation.path)</code>"), "\(operation.path)")
            }
            for link in page.text.matches(of: /href="#([^"]+)"/).map({ String($0.output.1) }) {
                #expect(ids.contains(link), "#\(link)")
            }
            #expect(!page.text.contains("{{") && !page.text.contains("For:</strong> ."))
        }
    }

    @Test func `the page shadows no call, and takes no other method`() async throws {
        try await TestServer.run(on: .sqlite) { server in
            let call = try await server.send(.get, "/api/v1/continue?user_id=x")
            let nothing = try await server.send(.get, "/api/v1")
            let wrong = try await server.send(.post, "/api", "{}")
            let statuses: [Int] = [call.status, nothing.status, wrong.status]
            #expect(statuses == [422, 404, 405])
        }
    }

    @Test(arguments: [true, false]) func `every example is a call that is well made`(isOpen: Bool) async throws {
        try await TestServer.run(on: .sqlite) { server in
            let document = try OpenAPIDocument(try #require(Asset.named("docs/openapi.yaml")).text)
            let audiences = Dictionary(server.routes.entries.map { ("\($0.method) \($0.path)", $0.audience) }) { $1 }
            for operation in document.operations {
                let audience = audiences["\(operation.method) \(operation.path)"] ?? .anybody
                let token = audience.tokenVariable(isOpen: isOpen)
                let example = CurlExample(operation, in: document, token: token)
                #expect(token == nil || example.command.contains("Bearer $"), "\(operation.id)")
                // Whom a call is for is asked before it is read: only calls that need no token show how they are made.
                guard isOpen, token == nil, let method = HTTPRequest.Method(rawValue: example.method) else { continue }
                // Not the documents' ids, which are nobody's, nor what streams without an end.
                guard !example.path.hasSuffix("/stream") else { continue }
                let headers = Dictionary(example.headers.map { ($0.name, $0.value) }) { $1 }
                let reply = try await server.send(method, example.path, example.body, headers: headers)
                #expect(![400, 405, 413, 415, 422].contains(reply.status), "\(example.command)\n\(reply.text)")
            }
        }
    }

    @Test func `an example is what a shell takes`() throws {
        let document = try OpenAPIDocument(
            """
            paths:
              /a/{id}:
                parameters:
                  - { name: id, in: path, required: true, example: 'x y' }
                post:
                  parameters:
                    - { name: from, in: query, required: true, schema: { enum: [1, 2] } }
                    - { name: to, in: query, schema: { enum: [1, 2] } }
                  requestBody:
                    content: { application/json: { example: { words: "it's", at: '2025-01-01', no: null, n: 1.5 } } }
            """)
        let example = CurlExample(try #require(document.operations.first), in: document, token: "KEY")
        #expect(example.path == "/a/x%20y?from=1")
        #expect(
            example.command == #"""
                curl -s -X POST "$DOGEAR/a/x%20y?from=1" \
                  -H "Authorization: Bearer $KEY" \
                  -H "Content-Type: application/json" \
                  --data-binary '{"words":"it'\''s","at":"2025-01-01","no":null,"n":1.5}'
                """#)
    }

    @Test func `whom a call is for is told as the route has it, and as the mode has it`() async throws {
        try await TestServer.run(on: .sqlite) { server in
            let page = try await server.send(.get, "/api").text
            #expect(page.contains("a service key with <code>events:write</code>"))
            #expect(page.contains("In open mode, as now, anybody on this machine"))
            #expect(!page.contains("Bearer $KEY") && page.contains("Bearer $TOKEN"))
        }
        try await TestServer.run(on: .sqlite, settings: ["JWT_SECRET": String(repeating: "x", count: 32)]) { server in
            let page = try await server.send(.get, "/api").text
            #expect(page.contains("Bearer $KEY") && !page.contains("In open mode, as now"))
        }
    }

    @Test(
        arguments: [
            ("a & b\nc\n\nd", "<p>a &amp; b c</p>\n<p>d</p>"),
            ("**Yes** `a*b**c`", "<p><strong>Yes</strong> <code>a*b**c</code></p>"),
            ("x:\n- one\n  two\n- `three`", "<p>x:</p>\n<ul><li>one two</li>\n<li><code>three</code></li></ul>"),
            ("a ` b ** c", "<p>a ` b ** c</p>"), ("", ""), ("<script>", "<p>&lt;script&gt;</p>"),
        ])
    func `descriptions are written as they are meant`(text: String, html: String) {
        #expect(Markdown.blocks(text).text == html)
    }

    @Test func `a table keeps its cells apart`() {
        let html = Markdown.blocks("| a | b |\n|---|---|\n| 1 | `2`, `3` |\n| 4 | 5 |").text
        #expect(html.contains("<th scope=\"col\">a</th><th scope=\"col\">b</th>"))
        #expect(html.contains("<tr><td>1</td><td><code>2</code>, <code>3</code></td></tr>"))
        #expect(html.contains("<tr><td>4</td><td>5</td></tr>"))
    }
}
