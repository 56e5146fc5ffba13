package import Core
import Foundation
package import Logging

/// Files of JSON lines in a folder of the server's, one an account: `{"id", "text", "created_at", "url"?, "author"?}`.
package struct FolderSource: PostSource {
    private let folder: String
    private let byteLimit: Int
    private let logger: Logger

    /// The files of a folder.
    /// - Parameter byteLimit: How much of a file is read: its end.
    package init(folder: String, byteLimit: Int = 20 << 20, logger: Logger) {
        self.folder = folder
        self.byteLimit = byteLimit
        self.logger = logger
    }

    /// Reads an account's file, which may grow meanwhile: a line that is not written to its end yet counts for the next time.
    package func posts(_ request: PostRequest) async throws -> FetchedPosts {
        let path = try path(request.account)
        let found = try await offPool { [byteLimit] in Found(try Self.read(path, byteLimit), request) }
        let file = "\(request.account).jsonl"
        if found.bad > 0 {
            logger.warning("lines of posts cannot be read", metadata: ["file": "\(file)", "count": "\(found.bad)"])
        }
        guard found.good > 0 || found.bad == 0 else {
            throw SourceFailure.failed(
                "None of the \(found.bad) lines of \(file) is a post: {\"id\", \"text\", \"created_at\"}.")
        }
        return found.pile.fetched(truncatedBy: found.isCut(before: request.from) ? "\(byteLimit >> 20)-mb" : nil)
    }

    /// What a file's lines are.
    private struct Found: Sendable {
        var pile: PostPile
        var good = 0
        var bad = 0
        private var oldest: Instant?
        private let isWhole: Bool

        init(_ lines: Lines, _ request: PostRequest) {
            pile = PostPile(request)
            isWhole = lines.isWhole
            for line in lines.complete {
                guard let post = FolderSource.post(line, account: request.account), let at = post.postedAt else {
                    bad += 1
                    continue
                }
                good += 1
                oldest = min(oldest ?? at, at)
                pile.add(post)
            }
            if let rest = lines.rest, let post = FolderSource.post(rest, account: request.account) { pile.add(post) }
        }

        /// Whether what was not read may have held posts since an instant.
        func isCut(before instant: Instant) -> Bool {
            !isWhole && (oldest.map { $0 > instant } ?? true)
        }
    }

    private func path(_ account: String) throws(SourceFailure) -> String {
        guard let name = AccountName.check(.folder, account), name == account else {
            throw .refused("'\(PostText.cut(account, to: 50))' is no name of letters, digits and _, 50 at most.")
        }
        return folder + "/" + name + ".jsonl"
    }

    private struct Lines: Sendable {
        var complete: [Data] = []
        /// What stands behind the last line end.
        var rest: Data?
        /// Whether the file was read from its begin.
        let isWhole: Bool

        init(_ data: Data, isWhole: Bool) {
            self.isWhole = isWhole
            var parts = data.split(separator: 0x0A, omittingEmptySubsequences: false).map { Data($0) }
            if !isWhole, !parts.isEmpty { parts.removeFirst() }
            rest = parts.popLast().flatMap { $0.isEmpty ? nil : $0 }
            complete = parts.filter { line in line.contains { $0 > 0x20 } }
        }
    }

    private static func read(_ path: String, _ byteLimit: Int) throws -> Lines {
        let name = path.split(separator: "/").last ?? ""
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw SourceFailure.refused("There is no file \(name) in the folder of posts (POSTS_FOLDER).")
        }
        defer { try? file.close() }
        do {
            let size = try file.seekToEnd()
            let start = size > UInt64(byteLimit) ? size - UInt64(byteLimit) : 0
            try file.seek(toOffset: start)
            return Lines(try file.read(upToCount: byteLimit) ?? Data(), isWhole: start == 0)
        } catch {
            throw SourceFailure.failed("The file \(name) cannot be read.")
        }
    }

    private static func post(_ line: Data, account: String) -> Post? {
        guard let json = JSONNode(line), let id = json["id"].identifier, let text = json["text"].text,
            let at = json["created_at"].instant
        else { return nil }
        return Post(
            keys: [PostText.key("id", id, digest: digest)],
            author: PostText.clean(json["author"].filled ?? account, limit: 100), text: PostText.clean(text),
            url: json["url"].text.flatMap { WebAddress($0) }?.text, postedAt: at)
    }

    // MARK: - A sample

    /// Writes a sample into the folder, where there is no file of its name yet; whether it did. Lines of a sample may say `minutes_ago`
    /// instead of `created_at`, so that it is never old.
    @discardableResult
    package static func writeSample(_ name: String, _ text: String, into folder: String, at now: Instant) throws -> Bool
    {
        let path = folder + "/" + name + ".jsonl"
        guard AccountName.check(.folder, name) == name, !FileManager.default.fileExists(atPath: path) else {
            return false
        }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let lines = text.split(separator: "\n").compactMap { sampleLine(Data($0.utf8), at: now) }
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        return true
    }

    private static func sampleLine(_ line: Data, at now: Instant) -> String? {
        guard let json = JSONNode(line), let id = json["id"].identifier, let text = json["text"].text else {
            return nil
        }
        let at = json["created_at"].instant ?? json["minutes_ago"].integer.map { now - .minutes($0) }
        guard let at else { return nil }
        var members: [JSON.Member] = [
            .init("id", .string(id)), .init("text", .string(text)), .init("created_at", .instant(at)),
        ]
        for name in ["url", "author"] {
            if let value = json[name].filled { members.append(.init(name, .string(value))) }
        }
        return JSON.object(members).text
    }
}
