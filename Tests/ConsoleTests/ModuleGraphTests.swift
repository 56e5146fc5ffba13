import HTTPTypes
import TestSupport
import Testing

@testable import Console

@Suite struct ModuleGraphTests {
    @Test func `a module needs what its imports lead to, each once and nearest first`() {
        let graph = ModuleGraph([
            "/assets/page.js":
                "import { a } from './a.js';\nimport '/sdk/b.js';\n * import { no } from 'https://x/y.js';",
            "/assets/a.js": "export { c } from '/sdk/c.js';\n/** @type {import('./never.js').Never} */",
            "/sdk/b.js": "import {\n  one,\n  two,\n} from './c.js';",
            "/sdk/c.js": "import { page } from '/assets/page.js';",
        ])
        #expect(graph.needed(by: ["/assets/page.js"]) == ["/assets/a.js", "/sdk/b.js", "/sdk/c.js"])
        #expect(graph.needed(by: ["/assets/unknown.js"]) == [])
    }

    @Test func `every import of the carried modules is found, and leads to a file that is served`() throws {
        let modules = Asset.all.filter { $0.name.hasSuffix(".js") && $0.path != nil }
        let paths = Set(modules.compactMap { $0.path.map { "/\($0)" } })
        #expect(modules.count > 80)
        for module in modules {
            // A second way to find them, which takes a whole file at a time.
            let text = module.text.replacing(/\/\*[\s\S]*?\*\//, with: "")
            let statements = text.matches(of: /\bfrom\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/)
            let needed = ModuleGraph.carried.needed(by: ["/\(try #require(module.path))"])
            #expect(needed.isEmpty == statements.isEmpty, "\(module.name)")
            for path in needed { #expect(paths.contains(path), "\(module.name) needs \(path)") }
            for name in statements.compactMap({ $0.output.1 ?? $0.output.2 ?? $0.output.3 }) {
                let file = try #require(name.split(separator: "/").last)
                #expect(needed.contains { $0.hasSuffix("/\(file)") }, "\(module.name) imports \(name)")
            }
        }
    }

    @Test func `a page names in its head every file that it needs`() async throws {
        try await TestServer.run(on: .sqlite, settings: ["DEMO": "true"]) { server in
            for path in ["/", "/watch", "/watch/harbour", "/assessments/default", "/events", "/jobs", "/login"] {
                let page = try await server.send(.get, path).text
                let head = try #require(page.split(separator: "</head>").first)
                let own = head.matches(of: /<script type="module" src="([^"]+)">/).map { String($0.output.1) }
                let named = head.matches(of: /<link rel="modulepreload" href="([^"]+)">/).map { String($0.output.1) }
                #expect(own.count == 2 && named == ModuleGraph.carried.needed(by: own), "\(path)")
                #expect(!page.split(separator: "</head>")[1].contains("stylesheet"))
            }
        }
    }
}
