import Core
import Foundation

/// An RSS or Atom feed.
package struct FeedSource: PostSource {
    private let outbound: Outbound
    private let clock: Clock

    init(outbound: Outbound, clock: Clock) {
        self.outbound = outbound
        self.clock = clock
    }

    /// All that the feed holds; nothing where it says that nothing has changed.
    package func posts(_ request: PostRequest) async throws -> FetchedPosts {
        guard let address = WebAddress(request.account) else {
            throw SourceFailure.refused("The feed's address is no http or https address without a password.")
        }
        let now = clock.now
        var memory = FeedMemory(request.memory, of: request.account)
        let answer = try await ask(address, memory.conditions(at: now))
        guard [200, 304].contains(answer.reply.status) else { throw Self.failure(answer) }
        let movedTo = memory.note(movedTo: answer.reply.movedTo)
        guard answer.reply.status == 200 else {
            return FetchedPosts(posts: [], memory: memory.memory, movedTo: movedTo)
        }
        memory.replace(etag: answer.reply.headers["etag"], lastModified: answer.reply.headers["last-modified"], at: now)
        let (posts, isCut) = try await Self.read(
            answer, limit: request.limit, base: WebAddress(answer.reply.url) ?? address)
        return FetchedPosts(
            posts: posts, truncatedBy: isCut ? "limit" : nil, memory: memory.memory, movedTo: movedTo)
    }

    private func ask(_ address: WebAddress, _ conditions: [(name: String, value: String)]) async throws -> SourceReply {
        var request = OutboundRequest(address.text, to: .anybody)
        request.headers =
            [("Accept", "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.5")] + conditions
        return try await SourceReply.send(request, by: outbound, service: address.host)
    }

    private static func read(
        _ answer: SourceReply, limit: Int, base: WebAddress
    ) async throws -> (posts: [Post], isCut: Bool) {
        let data = answer.reply.body
        do {
            return try await offPool {
                let document = try FeedReader.read(data, limit: limit)
                return (document.posts(at: base, digest: digest), document.isCut)
            }
        } catch let failure as FeedReader.Failure {
            throw SourceFailure.failed("\(answer.service) \(failure.reason)")
        }
    }

    private static func failure(_ answer: SourceReply) -> SourceFailure {
        guard answer.reply.status == 404 else { return answer.failure }
        return .refused("\(answer.service) has no feed there (404). Look at the address.")
    }
}
