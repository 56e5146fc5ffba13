/// Which modules a page's own module leads to, read from the import statements of the modules themselves.
///
/// A browser finds an import only once the module that has it has arrived. Told of all of them in the page's head, it asks for all of
/// them at once.
struct ModuleGraph: Sendable {
    private let imports: [String: [String]]

    /// The graph of modules by the paths that they are served at: `/sdk/dogear.js`.
    init(_ sources: [String: String]) {
        imports = sources.reduce(into: [:]) { imports, module in
            imports[module.key] = Self.imports(in: module.value).map { Self.path(of: $0, from: module.key) }
        }
    }

    /// The modules that the binary carries, read when a page is first asked for.
    static let carried = ModuleGraph(
        Asset.all.reduce(into: [:]) { sources, asset in
            guard asset.name.hasSuffix(".js"), let path = asset.path else { return }
            sources["/\(path)"] = asset.text
        })

    /// All that modules need to run, without themselves, nearest first.
    func needed(by modules: [String]) -> [String] {
        var found = modules
        var next = 0
        while next < found.count {
            for path in imports[found[next]] ?? [] where !found.contains(path) { found.append(path) }
            next += 1
        }
        return Array(found.dropFirst(modules.count))
    }

    /// What statements name: `import … from '…'`, `import '…'` and `export … from '…'`. Examples in comments name modules of elsewhere.
    private static func imports(in source: String) -> [String] {
        source.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("import ") || line.hasPrefix("export ") || line.hasPrefix("} from "),
                line.hasSuffix("';")
            else { return nil }
            let parts = line.split(separator: "'")
            guard parts.count == 3, parts[0].hasSuffix(" from ") || parts[0] == "import " else { return nil }
            return String(parts[1])
        }
    }

    private static func path(of named: String, from module: String) -> String {
        guard named.hasPrefix("./") else { return named }
        return String(module[...(module.lastIndex(of: "/") ?? module.startIndex)]) + named.dropFirst(2)
    }
}
