import AsyncHTTPClient
package import Core
import Foundation
import NIOCore
import NIOFoundationEssentialsCompat
import NIOHTTP1
package import Outbox
import Synchronization

/// Tells the app's sync service the latest position of each session.
///
/// A look a second takes what is owed, and of a session only the newest is: however fast positions come, the service hears of one
/// a second. 2xx is delivered; 4xx but 408 and 429 is a refusal of that message; whatever else it says, or does not say within two
/// seconds, is an outage.
package final class SyncCarrier: Carrier {
    private static let patience = Duration.seconds(2)
    private static let atOnce = 32

    /// Where it takes them.
    package let destination = Outbox.Destination.sync
    /// Four times as many as go at once: eight seconds at the longest, within the lease.
    package let terms = CarrierTerms(batch: atOnce * 4, isPrompt: false)

    private let url: String
    private let clock: Clock
    /// Made when it is first used.
    private let made = Mutex<HTTPClient?>(nil)

    /// A carrier to the service below a base URL.
    package init(url: String, clock: Clock) {
        self.url = url + "/api/v1/sync/progress"
        self.clock = clock
    }

    /// Sends a few at once; once the service is away, no more.
    package func carry(_ messages: [OwedMessage]) async -> Carried {
        var outcomes = [Carried.Outcome](repeating: .waits, count: messages.count)
        var outage: String?
        await withTaskGroup(of: (Int, Result<Carried.Outcome, Outage>).self) { group in
            var next = 0
            func begin() {
                guard outage == nil, !Task.isCancelled, next < messages.count else { return }
                let (index, message) = (next, messages[next])
                next += 1
                group.addTask { [self] in (index, await send(message)) }
            }
            for _ in 0..<Self.atOnce { begin() }
            while let (index, result) = await group.next() {
                switch result {
                case .success(let outcome): outcomes[index] = outcome
                case .failure(let failure): outage = outage ?? failure.description
                }
                begin()
            }
        }
        return Carried(outcomes, outage: outage)
    }

    /// Gives the connections back.
    package func close() async {
        let client = made.withLock { $0.take() }
        try? await client?.shutdown()
    }

    private func send(_ message: OwedMessage) async -> Result<Carried.Outcome, Outage> {
        guard let body = SyncBody.write(message.payload) else {
            return .success(.hopeless("the message is not what the sync service is told"))
        }
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "Idempotency-Key", value: message.id.description)
        request.body = .bytes(ByteBuffer(string: body))
        do {
            return try Self.outcome(of: try await status(of: request))
        } catch let outage as Outage {
            return .failure(outage)
        } catch {
            return .failure(Outage("the sync service cannot be reached: \(error)"))
        }
    }

    private static func outcome(of status: Int) throws -> Result<Carried.Outcome, Outage> {
        switch status {
        case 200..<300: .success(.delivered)
        case 408, 429: throw Outage("the sync service answered \(status)")
        case 400..<500: .success(.refused("the sync service answered \(status)"))
        default: throw Outage("the sync service answered \(status)")
        }
    }

    /// What is answered within two seconds, with all that comes behind it.
    private func status(of request: HTTPClientRequest) async throws -> Int {
        let (client, clock) = (client(), clock)
        return try await withThrowingTaskGroup(of: Int.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                let response = try await client.execute(request, timeout: .seconds(2))
                // Read to its end, so that the connection can be used again.
                _ = try await response.body.collect(upTo: 1 << 16)
                return Int(response.status.code)
            }
            group.addTask {
                try await clock.sleep(for: Self.patience)
                throw Outage("the sync service took longer than two seconds")
            }
            return try await group.next() ?? 0
        }
    }

    private func client() -> HTTPClient {
        made.withLock { made in
            if let made { return made }
            var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
            configuration.timeout = .init(connect: .seconds(2), read: .seconds(2))
            configuration.connectionPool.retryConnectionEstablishment = false
            configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.atOnce
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            made = client
            return client
        }
    }
}

/// What the sync service is told, of what a message holds.
enum SyncBody {
    private static let texts = ["user_id", "content_id", "device_id", "timestamp"]

    /// `{user_id, content_id, position_seconds, device_id, timestamp}`; nil where one of them is missing.
    static func write(_ payload: String) -> String? {
        guard let fields = JSONDocument(Data(payload.utf8)), fields.kind(of: JSONDocument.root) == .object,
            let position = fields.member("position_seconds", of: JSONDocument.root).flatMap(fields.integer)
        else { return nil }
        let found = texts.compactMap { fields.member($0, of: JSONDocument.root).flatMap(fields.text) }
        guard found.count == texts.count else { return nil }
        let body: JSON = [
            "user_id": .string(found[0]), "content_id": .string(found[1]), "position_seconds": .integer(position),
            "device_id": .string(found[2]), "timestamp": .string(found[3]),
        ]
        return body.text
    }
}
