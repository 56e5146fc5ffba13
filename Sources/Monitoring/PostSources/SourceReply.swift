import Core

/// What an API of somebody else's answered, read the way they all are.
struct SourceReply {
    /// Who answered, as sentences name it: `X`, `example.social`.
    let service: String
    /// What keys are called in the settings; nil where there are none.
    var key: String?
    let reply: OutboundReply

    /// Sends a request, and says of a failure who failed.
    /// - Throws: `SourceFailure`, or `CancellationError`.
    static func send(
        _ request: OutboundRequest, by outbound: Outbound, service: String, key: String? = nil
    ) async throws -> SourceReply {
        do {
            return SourceReply(service: service, key: key, reply: try await outbound.send(request))
        } catch let failure as OutboundFailure {
            throw SourceFailure(failure, service)
        }
    }

    /// The JSON of an answer that is none of failure.
    /// - Throws: `SourceFailure` for any status but 200, and for what is no JSON.
    func json() throws(SourceFailure) -> JSONNode {
        guard reply.status == 200 else { throw failure }
        guard let json = JSONNode(reply.body) else {
            throw .failed("\(service) sent what is not JSON. The next attempt may go better.")
        }
        return json
    }

    /// What a status that is not 200 means.
    var failure: SourceFailure {
        switch reply.status {
        case 401, 403:
            let hint = key.map { " Whoever runs this server sets \($0)." } ?? " It may want people to sign in."
            return .refused("\(service) does not let us in (\(reply.status)).\(hint)")
        case 402: return .capExceeded("\(service) says that the allowance is used up. It goes on when it is renewed.")
        case 404: return .refused("\(service) has no such account. Look at how it is spelled.")
        case 410: return .gone("\(service) says that this is gone for good (410).")
        case 300..<400: return .failed("\(service) sends us elsewhere (\(reply.status)), which is not followed here.")
        case 500...: return .failed("\(service) has trouble (\(reply.status)). The next attempt may go better.")
        default: return .failed("\(service) did not take the request (\(reply.status)).")
        }
    }
}

extension SourceFailure {
    /// What went wrong on the way to a service, in a sentence.
    init(_ failure: OutboundFailure, _ service: String) {
        switch failure {
        case .rateLimited(let end):
            self = .rateLimited(
                until: end, "\(service) was asked too often\(end.map { " and answers again at \($0)" } ?? "").")
        case .refused(let reason): self = .refused("\(service) \(reason).")
        case .failed(let reason): self = .failed("\(service) \(reason). The next attempt may go better.")
        }
    }
}

/// The pages of one answer: no page is asked for twice, and they come to an end.
struct PageGuard {
    let service: String
    /// How many pages are asked for at most.
    let limit: Int
    private var seen: Set<String> = []

    init(_ service: String, limit: Int) {
        self.service = service
        self.limit = limit
    }

    /// Notes what names the next page.
    /// - Throws: `SourceFailure.failed` where that was asked for before, or there are too many.
    mutating func turn(to token: String) throws(SourceFailure) {
        guard seen.insert(token).inserted else {
            throw .failed("\(service) names a page as the next that it gave before. The next attempt may go better.")
        }
        guard seen.count < limit else { throw .failed("\(service) has more than \(limit) pages in this window.") }
    }
}

/// Posts as they come in, newest or oldest first, with no post twice.
struct PostPile: Sendable {
    private let request: PostRequest
    private var keys: Set<String> = []
    private(set) var posts: [Post] = []

    init(_ request: PostRequest) {
        self.request = request
    }

    /// Takes a post that lies in the window and is not there yet.
    mutating func add(_ post: Post) {
        guard let at = post.postedAt, at >= request.from, at < request.until, let key = post.keys.first,
            keys.insert(key).inserted
        else { return }
        posts.append(post)
    }

    /// The newest of them, as many as were asked for, oldest first.
    func fetched(truncatedBy: String? = nil) -> FetchedPosts {
        let sorted = posts.enumerated().sorted { left, right in
            let (first, second) = (left.element.postedAt, right.element.postedAt)
            guard let first, let second, first != second else { return left.offset < right.offset }
            return first < second
        }.map(\.element)
        let isOver = sorted.count > request.limit
        return FetchedPosts(
            posts: isOver ? Array(sorted.suffix(request.limit)) : sorted,
            truncatedBy: truncatedBy ?? (isOver ? "limit" : nil),
            memory: request.memory)
    }
}

/// The address of a page of an API, its parameters escaped.
func pageAddress(_ base: String, _ path: String, _ query: [(String, String)] = []) -> String {
    let text = query.map { "\($0)=\(escaped($1))" }.joined(separator: "&")
    let start = base.hasSuffix("/") ? String(base.dropLast()) : base
    return start + path + (text.isEmpty ? "" : "?" + text)
}

/// A text as one part of a path or a query.
func escaped(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var out: [UInt8] = []
    for byte in text.utf8 {
        let isPlain =
            (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte)
            || [0x2D, 0x2E, 0x5F, 0x7E].contains(byte)
        out += isPlain ? [byte] : [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
    return String(decoding: out, as: UTF8.self)
}
