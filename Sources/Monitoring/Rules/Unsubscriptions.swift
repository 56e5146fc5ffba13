import Core
import Crypto
import Foundation

/// What lets whoever has got a job's mail end these mails with one click, without signing in (RFC 8058).
package struct Unsubscriptions: Sendable {
    private let key: SymmetricKey
    private let publicURL: String?

    /// Derived from the server's secret.
    /// - Parameter publicURL: What the address in a mail begins with; no mail has one where nil.
    package init(_ secret: [UInt8], publicURL: String?) {
        key = SymmetricKey(data: secret)
        self.publicURL = publicURL
    }

    private func code(_ job: Int) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: Data("unsubscribe.\(job)".utf8), using: key)
    }

    /// What an address for a job ends in.
    func token(of job: Int) -> String {
        code(job).prefix(16).map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }

    /// Whether it is that.
    func isToken(_ text: String, of job: Int) -> Bool {
        let (sent, own) = (Array(text.utf8), Array(token(of: job).utf8))
        guard sent.count == own.count else { return false }
        return zip(sent, own).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// The headers of a mail about a job.
    func headers(of job: Int) -> [String: String] {
        guard let publicURL else { return [:] }
        return [
            "List-Unsubscribe": "<\(publicURL)/unsubscribe/\(job)/\(token(of: job))>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        ]
    }

    /// Where a page of ours is; a path where nobody has said what addresses begin with.
    func page(_ path: String) -> String { (publicURL ?? "") + path }
}
