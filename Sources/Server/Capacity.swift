import Foundation
import Settings

/// How much one process takes on, so that the files it may have open suffice for all of it.
///
/// A connection is an open file. Some are kept back for the database, and some connections for requests: whoever opens streams
/// until no more are given leaves room for `/health` and for everybody's reports.
struct Capacity: Sendable, Equatable {
    /// How many files may be open.
    let files: Int
    /// How many connections are taken.
    let connections: Int
    /// How many of them may be streams.
    let streams: Int

    /// Kept back for the database, logs and what is being accepted.
    private static let reserve = 128

    init(files: Int, settings: Settings) {
        self.files = files
        connections = max(8, min(settings.connectionLimit, files - min(Self.reserve, files / 2)))
        streams = min(settings.streamLimit, connections - max(4, min(256, connections / 4)))
    }

    /// Raises what this process may have open to what it may raise it to; how many files that is.
    static func raiseOpenFiles() -> Int {
        let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(kind, &limit) == 0 else { return 1_024 }
        // Some systems allow a thousand million, which programs take for a list to go through.
        let wanted = min(limit.rlim_max, 1 << 20)
        if limit.rlim_cur < wanted {
            var raised = limit
            raised.rlim_cur = wanted
            if setrlimit(kind, &raised) == 0 { limit = raised }
        }
        return Int(min(limit.rlim_cur, 1 << 20))
    }
}
