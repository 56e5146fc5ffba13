import AsyncHTTPClient
import Core
import Foundation
import NIOCore

/// Requests to anybody's addresses: each is looked up here, checked, and connected to as it was checked, on every redirect again. A name
/// that answers otherwise the next time, or a redirect to the inside, leads nowhere.
extension Outbound {
    /// How many redirects are followed.
    static let redirects = 5
    /// How many of a host's addresses are tried, where one cannot be reached.
    private static let tries = 3

    func follow(_ request: OutboundRequest, deadline: NIODeadline) async throws -> OutboundReply {
        guard let first = WebAddress(request.url) else {
            throw OutboundFailure.refused("is not an http or https address that can be asked")
        }
        var address = first
        var movedTo: String?
        var isForGood = true
        for _ in 0...Self.redirects {
            var reply = try await hop(request, address, hasSecrets: address.hasOrigin(of: first), deadline: deadline)
            guard let location = Self.location(reply) else {
                reply.movedTo = movedTo
                return reply
            }
            guard let next = WebAddress(location, from: address) else {
                throw OutboundFailure.refused("redirects to what is not an http or https address that can be asked")
            }
            isForGood = isForGood && [301, 308].contains(reply.status)
            if isForGood { movedTo = next.text }
            address = next
        }
        throw OutboundFailure.failed("redirects more than \(Self.redirects) times")
    }

    private static func location(_ reply: OutboundReply) -> String? {
        [301, 302, 303, 307, 308].contains(reply.status) ? reply.headers["location"] : nil
    }

    private func hop(
        _ request: OutboundRequest, _ address: WebAddress, hasSecrets: Bool, deadline: NIODeadline
    ) async throws -> OutboundReply {
        let checked = try await check(address.host)
        for (index, ip) in checked.prefix(Self.tries).enumerated() {
            var configuration = Self.configuration(limits)
            configuration.dnsOverride = [address.host: ip.description]
            do {
                return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
                    try await exchange(client, request, address.text, hasSecrets: hasSecrets, deadline: deadline)
                }
            } catch  where index + 1 < min(checked.count, Self.tries) && Self.isUnreachable(error) {
                continue
            }
        }
        throw OutboundFailure.failed("cannot be reached")
    }

    /// The addresses of a host.
    /// - Throws: `OutboundFailure` unless every one of them is public or allowed.
    private func check(_ host: String) async throws -> [IPAddress] {
        let found: [IPAddress]
        if let written = IPAddress(host) { found = [written] } else { found = try await resolver.addresses(host) }
        guard !found.isEmpty else { throw OutboundFailure.failed("has a name that leads to no address") }
        let isOutside = found.allSatisfy { ip in ip.isPublic || allowed.contains { $0.contains(ip) } }
        guard isOutside else {
            throw OutboundFailure.refused(
                "lies in a network that is not asked; OUTBOUND_ALLOW names those that are, for whoever runs this server"
            )
        }
        return found
    }

    private static func isUnreachable(_ error: any Error) -> Bool {
        error is IOError || error as? HTTPClientError == .connectTimeout
    }
}
