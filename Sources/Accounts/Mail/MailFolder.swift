package import Changes
import Core
import Foundation

/// Where mails stand as files, where no mail program is set: each under a name that says whom it is for to whoever has the server's
/// secret, so that those of an erased person can go.
package struct MailFolder: Sendable {
    /// The folder.
    package let path: String
    private let hash: PersonHash

    /// A folder at a path.
    package init(path: String, hash: PersonHash) {
        self.path = path
        self.hash = hash
    }

    /// Where a mail stands; one that is sent again stands there again.
    func path(of message: MailMessage, owedAt: Instant) -> String {
        let stamp = owedAt.description.replacing(":", with: "")
        return "\(path)/\(stamp)-\(message.user.map(mark) ?? "nobody")-\(message.id).eml"
    }

    /// Takes away the mails to somebody, and what is left of one that was being written.
    func forget(_ user: ID) async throws {
        let (path, mark) = (path, mark(of: user))
        try await aside {
            let files = FileManager.default
            guard files.fileExists(atPath: path) else { return }
            for name in try files.contentsOfDirectory(atPath: path) where name.contains("-\(mark)-") {
                try files.removeItem(atPath: "\(path)/\(name)")
            }
        }
    }

    private func mark(of user: ID) -> String { String(hash(.user(user)).prefix(16)) }
}
