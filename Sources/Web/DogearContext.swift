package import Core
package import Hummingbird
package import NIOCore
import Streams

/// What travels with one request: its id, its caller and the connection it came by.
package struct DogearContext: RequestContext {
    /// Hummingbird's own part: logger, path parameters, route template.
    package var coreContext: CoreRequestContextStorage
    /// Who asks.
    package var caller: Caller = .anonymous
    /// How long what the caller showed is good.
    package var credential = Credential()
    /// What the browser's cookies let the caller do, where a route takes them.
    package var cookies: Capability?
    /// Finds out whom our own pages' cookie is of, where one was sent and a route takes it.
    var cookieSignIn: (@Sendable () async throws -> (caller: Caller, credential: Credential))?
    /// Who asks, where the process itself does, for somebody it has let in.
    var known: (caller: Caller, credential: Credential)?
    /// What this request's body takes of the memory for bodies; nil outside the front door.
    var claim: BodyClaim?
    /// What this caller may ask for; nil outside the front door.
    var rates: Rates?
    /// The connection, whose event loop a long stream has to wait for.
    package let channel: any Channel

    /// A context for a request that has just arrived.
    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// How many bytes a body may have: little until we know who sends it.
    package var maxUploadSize: Int {
        caller == .anonymous ? Limits.strangersBodyBytes : Limits.bodyBytes
    }

    /// Where the request comes from, as limits count it; empty for a connection that has no address.
    package var address: String { channel.remoteAddress?.household ?? "" }

    /// Whom limits are counted for: the caller, or the address of one whom we do not know.
    package var holder: String {
        switch caller {
        case .anonymous, .open: "\(caller.name):\(address)"
        default: caller.name
        }
    }

    /// What lets the caller follow a stream, and for how long.
    var pass: StreamPass {
        guard case .capability(let own) = caller, let subject = own.holder else {
            return StreamPass(holder: holder, expiresAt: credential.expiresAt, isGood: credential.isGood)
        }
        return StreamPass(holder: holder, subject: subject.description, generation: own.holders[subject] ?? 0)
    }
}

extension SocketAddress {
    /// Whom limits take an address for: of IPv6 the first 64 bits, since whoever has one address has all of those that share them
    /// (RFC 6177); nil for what is no IP address. IPv4 within IPv6 (`::ffff:192.0.2.1`) is what it would be without.
    var household: String? {
        guard case .v6(let address) = self else { return ipAddress }
        // A `sockaddr_in6`: family, port and flow take eight bytes, then come the sixteen of the address.
        let bytes = withUnsafeBytes(of: address.address) { Array($0[8..<24]) }
        if bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
            return bytes[12...].map { String($0) }.joined(separator: ".")
        }
        let groups = stride(from: 0, to: 8, by: 2).map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }
        return groups.joined(separator: ":") + "::/64"
    }
}

/// How long what a caller showed is good.
package struct Credential: Sendable {
    /// When it expires; nil where it does not.
    package let expiresAt: Instant?
    /// Asks whether it is still good, for what can be revoked; nil for what cannot.
    package let isGood: (@Sendable () async -> Bool)?

    /// A credential; without arguments, one that is good for ever.
    package init(expiresAt: Instant? = nil, isGood: (@Sendable () async -> Bool)? = nil) {
        self.expiresAt = expiresAt
        self.isGood = isGood
    }
}

/// The bounds that every route shares.
package enum Limits {
    /// How many bytes a request body may have: 1,000 reports of the longest device ids, with room to spare.
    package static let bodyBytes = 2 << 20
    /// How many bytes a body of somebody unknown may have: the longest essay, each character escaped.
    package static let strangersBodyBytes = 256 << 10
    /// How many bytes a body of many lines may have: 10,000 of an import.
    package static let linesBytes = 8 << 20
    /// How many bytes all bodies on a node may have together.
    package static let allBodiesBytes = 128 << 20
    /// How long a body may take to arrive.
    package static let bodyArrives = Duration.seconds(30)
}
