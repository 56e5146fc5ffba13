import Changes
package import Core
import SQL

/// The sample content's live event: three segments, each with questions.
package struct SampleEvent: Sendable {
    let changes: Changes
    let secrets: EventSecrets

    /// The same on every demo server, so that an address can be written down.
    package static let id = ID(high: 0x0190_a6f0_0000_7000, low: 0x8000_0000_0000_0e01)
    /// As its pages show it.
    package static let title = "An evening by the sea"
    /// What players type; kept free of look-alikes, as all codes are.
    package static let joinCode = "DEMQ42"
    /// What lets whoever runs the demo host its event; good again after each start.
    package static let recoveryCode = "SAMPLEHQST"

    private typealias Item = (question: String, right: String, others: [String])
    private static let parts: [(presenter: String, title: String, items: [Item])] = [
        (
            "Ada", "Light and lanterns",
            [
                (
                    "What does a lighthouse keeper call the turning part of the lamp?", "The lens",
                    ["The sail", "The bell", "The drum"]
                ),
                (
                    "Which colour of light travels furthest through fog?", "None much further",
                    ["Blue", "Green", "Violet"]
                ),
            ]
        ),
        (
            "Ben", "Tides",
            [
                ("What pulls the tides most?", "The moon", ["The sun", "The wind", "The poles"]),
                ("How many high tides has most coast in a day?", "Two", ["One", "Three", "Four"]),
            ]
        ),
        (
            "Cleo", "Orbits",
            [
                (
                    "How long does a low satellite take around the earth?", "About ninety minutes",
                    ["A day", "A week", "Eight minutes"]
                ),
                (
                    "What keeps it from falling?", "It falls, and misses",
                    ["Its engine", "There is no gravity", "Magnets"]
                ),
            ]
        ),
    ]

    /// Adds it, unless it is there.
    func add() async throws {
        let ids = Self.parts.map { part in (segment: ID.random(), questions: part.items.map { _ in ID.random() }) }
        try await changes.make { [secrets] change in
            let recovery = secrets.sealed(Self.recoveryCode)
            guard try EventRows.find(Self.id, on: change.connection) == nil else {
                return try EventRows.setHostRecovery(Self.id, recovery, on: change.connection)
            }
            try EventRows.insert(
                LiveEvent(
                    id: Self.id, title: Self.title, description: "Three short talks, each with a quiz.",
                    status: .waiting, timePerQuestion: .seconds(20), joinCode: Self.joinCode, ownerID: nil,
                    hostGeneration: 0, createdAt: change.now), recovery: recovery, on: change.connection)
            for (index, part) in Self.parts.enumerated() {
                let segment = EventSegment(
                    id: ids[index].segment, eventID: Self.id, presenterName: part.presenter, title: part.title,
                    order: index + 1, status: .pending, createdAt: change.now)
                try SegmentRows.insert(segment, on: change.connection)
                try QuestionRows.insert(
                    part.items.enumerated().map { place, item in
                        Question(
                            id: ids[index].questions[place], segment: segment.id, order: place, text: item.question,
                            correct: item.right, others: item.others,
                            draw: (0...item.others.count).map { UInt64(($0 * 7 + place * 3 + index * 5) % 11) })
                    }, on: change.connection)
            }
        }
    }
}
