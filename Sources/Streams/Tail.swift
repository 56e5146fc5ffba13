import DequeModule
import NIOCore

/// The end of one stream as this node knows it: the newest notices, encoded once, and who follows.
struct Tail {
    /// How many notices are kept at hand for followers who are slow to take them.
    private static let keptCount = 1_000
    /// How many bytes of them.
    private static let keptBytes = 1 << 20

    /// One notice, as every follower is sent it.
    struct Encoded {
        let offset: Int
        let bytes: ByteBuffer
    }

    let stream: StreamName
    /// Who follows, by number.
    var followers: [Int: Follower] = [:]
    /// The number up to which the log has been read; nil before the first follower knows it.
    private(set) var read: Int?
    private var kept: Deque<Encoded> = []
    private var keptSize = 0

    init(stream: StreamName) {
        self.stream = stream
    }

    /// The first follower has found the stream at this number.
    mutating func begin(at offset: Int) {
        if read == nil { read = offset }
    }

    /// Notices may have been left out up to this number: whoever is behind it has to open the stream again.
    mutating func lapse(at offset: Int) {
        read = offset
        kept.removeAll()
        keptSize = 0
    }

    /// Takes in what was read; what is known already is passed over. Where numbers were left out, notices from before the
    /// hole help nobody any more.
    mutating func take(_ notices: [Encoded]) {
        for notice in notices where notice.offset > read ?? .min {
            if notice.offset != (read ?? notice.offset - 1) + 1 {
                kept.removeAll()
                keptSize = 0
            }
            kept.append(notice)
            keptSize += notice.bytes.readableBytes
            read = notice.offset
        }
        while kept.count > Self.keptCount || keptSize > Self.keptBytes, let oldest = kept.popFirst() {
            keptSize -= oldest.bytes.readableBytes
        }
    }

    /// What follows a number.
    enum Next {
        /// Nothing that this node knows of.
        case nothing
        /// The notices that follow without a hole.
        case notices([ByteBuffer], last: Int)
        /// What came next is not at hand any more.
        case hole
    }

    func next(after offset: Int) -> Next {
        guard let read, read > offset else { return .nothing }
        guard let first = kept.first?.offset, first <= offset + 1 else { return .hole }
        return .notices(kept[(offset + 1 - first)...].map(\.bytes), last: read)
    }
}
