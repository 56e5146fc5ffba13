package import Hummingbird
package import NIOCore

/// What travels with one request: its id, its caller and the connection it came by.
package struct DogearContext: RequestContext {
    /// Hummingbird's own part: logger, path parameters, route template.
    package var coreContext: CoreRequestContextStorage
    /// Who asks.
    package var caller: Caller = .anonymous
    /// The connection, whose event loop a long stream has to wait for.
    package let channel: any Channel

    /// A context for a request that has just arrived.
    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// How many bytes a body may have.
    package var maxUploadSize: Int { Limits.bodyBytes }
}

/// The bounds that every route shares.
package enum Limits {
    /// How many bytes a request body may have: 1,000 reports of the longest device ids, with room to spare.
    package static let bodyBytes = 2 << 20
    /// How many streams one node serves at once.
    package static let streams = 2_000
}
