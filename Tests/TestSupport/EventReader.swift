import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationEssentialsCompat
import NIOHTTP1

/// One Server-Sent Event as it came over the wire.
package struct SentEvent: Sendable, Equatable {
    /// Its number; nil for what only passes.
    package var id: String?
    /// What it is called.
    package var name = ""
    /// The JSON that goes with it.
    package var data = ""

    /// Its JSON, read.
    package var json: Node { Node(text: data) }
}

extension DogearProcess {
    /// Reads a stream until a closure has seen enough, or the stream ends.
    /// - Throws: `CommandFailure` with the answer where it is none.
    package func follow(
        _ path: String, lastEventID: String? = nil, token: String? = nil,
        until isEnough: ([SentEvent]) async throws -> Bool
    ) async throws -> [SentEvent] {
        var request = HTTPClientRequest(url: origin + path)
        request.headers.add(name: "Accept", value: "text/event-stream")
        if let lastEventID { request.headers.add(name: "Last-Event-ID", value: lastEventID) }
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        let response = try await DogearProcess.client.execute(request, timeout: .minutes(5))
        guard response.headers.first(name: "content-type") == "text/event-stream" else {
            throw CommandFailure(description: "no stream: \(response.status)")
        }
        var text = ""
        var events: [SentEvent] = []
        for try await part in response.body {
            text += String(buffer: part)
            while let end = text.range(of: "\n\n") {
                let event = Self.event(text[..<end.lowerBound])
                text.removeSubrange(..<end.upperBound)
                if !event.name.isEmpty { events.append(event) }
            }
            if try await isEnough(events) { return events }
        }
        return events
    }

    private static func event(_ text: Substring) -> SentEvent {
        var event = SentEvent()
        for line in text.split(separator: "\n") {
            if line.hasPrefix("id: ") { event.id = String(line.dropFirst(4)) }
            if line.hasPrefix("event: ") { event.name = String(line.dropFirst(7)) }
            if line.hasPrefix("data: ") { event.data = String(line.dropFirst(6)) }
        }
        return event
    }
}
