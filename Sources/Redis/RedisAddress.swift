import Foundation

/// Where a Redis is, and how one gets in.
package struct RedisAddress: Sendable, Hashable {
    /// A name or an IP address.
    package let host: String
    /// 6379 where nobody says.
    package let port: Int
    /// The user of Redis' access lists; nil for the default one.
    package let user: String?
    /// Nil where none is asked for.
    package let password: String?
    /// The number of the database, 0 where nobody says.
    package let database: Int

    /// Why an address cannot be used, in one sentence that shows nothing of it: it may hold a password.
    package struct Refusal: Error, Sendable, Equatable, CustomStringConvertible {
        /// What it must be.
        package let description: String
    }

    /// Reads `redis://[user:password@]host[:port][/database]`; what is special within a part is percent-encoded.
    package init(_ url: String) throws(Refusal) {
        guard !url.hasPrefix("rediss://") else {
            throw Refusal(
                description:
                    "REDIS_URL begins with rediss://, but Dogear does not speak TLS to Redis: use redis:// within a private network, or a tunnel such as stunnel."
            )
        }
        guard let parts = URLComponents(string: url), parts.scheme == "redis", let host = parts.host, !host.isEmpty,
            parts.query == nil, parts.fragment == nil, let database = Self.database(parts.path),
            (1...65_535).contains(parts.port ?? 6_379)
        else {
            throw Refusal(
                description:
                    "REDIS_URL must be redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]; it is not shown, for it may hold a password."
            )
        }
        self.host = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        port = parts.port ?? 6_379
        user = parts.user.flatMap { $0.isEmpty ? nil : $0 }
        password = parts.password.flatMap { $0.isEmpty ? nil : $0 }
        self.database = database
    }

    private static func database(_ path: String) -> Int? {
        if path.isEmpty || path == "/" { return 0 }
        return Int(path.dropFirst()).flatMap { $0 >= 0 ? $0 : nil }
    }
}
