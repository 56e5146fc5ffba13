import Foundation
import Testing

/// The rules of the house for the pages and the SDK, checked from their files.
@Suite struct ScriptStyleTests {
    private static let pages = scripts(in: "Sources/CConsole/assets/js")
    private static let sdk = scripts(in: "Sources/CConsole/assets/sdk")
    private static let tests = scripts(in: "Tests/SDKTests")

    private static func scripts(in folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: repository + "/" + folder)) ?? []
        return names.filter { $0.hasSuffix(".js") }.map { folder + "/" + $0 }.sorted()
    }

    private static func text(_ path: String) throws -> String {
        try String(contentsOfFile: repository + "/" + path, encoding: .utf8)
    }

    /// What runs: the text without its comments, line for line.
    private static func code(_ path: String) throws -> String {
        try text(path).replacing(/\/\*[\s\S]*?\*\//) { comment in
            String(repeating: "\n", count: comment.output.filter { $0 == "\n" }.count)
        }.replacing(/(?m)(^|\s)\/\/.*$/, with: "")
    }

    private static func lines(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    @Test func `there is something to check`() {
        #expect(Self.pages.count > 15 && Self.sdk.count > 15 && Self.tests.count > 5)
    }

    @Test func `a file holds at most 400 lines`() throws {
        for file in Self.pages + Self.sdk + Self.tests {
            let count = Self.lines(try Self.text(file)).count
            #expect(count <= 400, "\(file) has \(count) lines")
        }
    }

    @Test(arguments: [
        #"\bvar "#, #"[^=!<>]==[^=]"#, #"!=[^=]"#, #"\bconsole\."#, #"\bdebugger\b"#, #"\beval\("#, #"new Function\("#,
        #"innerHTML|outerHTML|insertAdjacentHTML|document\.write"#,
    ]) func `forbidden forms stand nowhere`(form: String) throws {
        let regex = try Regex(form)
        for file in Self.pages + Self.sdk + Self.tests {
            #expect(try Self.code(file).firstMatch(of: regex) == nil, "\(file): \(form)")
        }
    }

    @Test func `nothing is left to be done`() throws {
        for file in Self.pages + Self.sdk + Self.tests {
            #expect(try Self.text(file).firstMatch(of: /TODO|FIXME|XXX/) == nil, "\(file)")
        }
    }

    @Test func `no module holds state that changes`() throws {
        let mutable = /(?m)^(?:export )?(?:let |const \w+ = (?:new (?:Weak)?(?:Map|Set)\b|\[\]|\{\}))/
        for file in Self.pages + Self.sdk {
            let found = try Self.code(file).firstMatch(of: mutable)
            #expect(found == nil, "\(file): \(found?.output ?? "")")
        }
    }

    /// Whatever is imported may be imported twice, by a test, or by a page that never uses it. Only what a page names as its own
    /// script, which nobody imports, sets things in motion.
    @Test func `importing a module does nothing`() throws {
        let imported = try Set(
            Self.pages.flatMap { file in
                try Self.text(file).matches(of: /from '\.\/([\w-]+\.js)'/).map {
                    "Sources/CConsole/assets/js/" + $0.output.1
                }
            })
        #expect(Self.pages.contains { !imported.contains($0) })
        let declaration = /^(?:export |import |async function |function |class |[})\]]|\s|$)/
        let constant = /^(?:export )?const \w+ = (?!new )[^(]*;$|^(?:export )?const \w+ = [\[{]$|^const \w+ = \/.*;$/
        for file in Self.pages.filter(imported.contains) + Self.sdk {
            for (index, line) in Self.lines(try Self.code(file)).enumerated() {
                let isConstant = line.firstMatch(of: constant) != nil
                let isDeclared = line.firstMatch(of: declaration) != nil && !line.hasPrefix("export const")
                #expect(isConstant || isDeclared, "\(file):\(index + 1) \(line)")
            }
        }
    }

    @Test func `every file and every export says what it is for`() throws {
        for file in Self.pages + Self.sdk {
            let lines = Self.lines(try Self.text(file))
            #expect(lines.first?.hasPrefix("/**") == true, "\(file) does not say what it is for")
            for (index, line) in lines.enumerated()
            where line.firstMatch(of: /^export (?:default |async )*(?:class|function|const)\b/) != nil {
                let above = index > 0 ? lines[index - 1] : ""
                #expect(above.hasSuffix("*/") || above.hasPrefix("//"), "\(file):\(index + 1) \(line)")
            }
        }
    }

    /// Anything that it reached past its `Browser` would be out of reach of a test, and of `close()`.
    @Test func `the SDK knows the browser only as its Browser, and takes nothing but through a Lifetime`() throws {
        let browser =
            /(?m)(?:^|[^.\w'])(?:globalThis|window|document|navigator|localStorage|setTimeout|setInterval)\b[.(]/
        let taking = /\.addEventListener\(|browser\.setTimeout\(|AbortSignal\.|Date\.now\(|\bnew Date\(\)/
        for file in Self.sdk {
            let code = try Self.code(file)
            if !file.hasSuffix("/browser.js") {
                let found = code.firstMatch(of: browser)?.output
                #expect(found == nil, "\(file): \(found ?? "")")
            }
            if !file.hasSuffix("/browser.js") && !file.hasSuffix("/lifetime.js") {
                let found = code.firstMatch(of: taking)?.output
                #expect(found == nil, "\(file): \(found ?? "")")
            }
        }
    }

    @Test func `the SDK needs nothing but itself, and pages name what they import`() throws {
        for file in Self.sdk {
            for match in try Self.code(file).matches(of: /from '([^']+)'|\bimport\(/) {
                let source = match.output.1.map(String.init) ?? "import()"
                #expect(source.hasPrefix("./"), "\(file) imports \(source)")
            }
        }
        for file in Self.pages {
            for match in try Self.code(file).matches(of: /from '([^']+)'/) {
                let source = String(match.output.1)
                let path =
                    source.hasPrefix("/sdk/")
                    ? "Sources/CConsole/assets\(source)" : "Sources/CConsole/assets/js/" + source.dropFirst(2)
                #expect((Self.pages + Self.sdk).contains(path), "\(file) imports \(source)")
            }
        }
    }

    @Test func `script tests neither wait nor skip`() throws {
        for file in Self.tests where !file.hasSuffix("/fakes.js") {
            let found = try Self.code(file).firstMatch(
                of:
                    /(?:^|[^.\w])(?:setTimeout|setInterval)\(|\b(?:test|it|describe)\.(?:skip|only|todo)\b|(?:skip|todo):/
            )
            #expect(found == nil, "\(file): \(found?.output ?? "")")
        }
    }
}
