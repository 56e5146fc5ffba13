/// What a service key may do: read or write, in one area; all that is done with people's data as a whole; or everything, as whoever
/// runs the server.
package struct Scope: Sendable, Hashable, CustomStringConvertible {
    /// A part of the product that keys are given for.
    package enum Area: String, Sendable, CaseIterable {
        /// Playback sessions, watch history, resume positions.
        case playback
        /// Questionnaires and their sessions.
        case assessments
        /// Events and their segments.
        case events
        /// Scheduled watches.
        case monitoring
        /// Handing out and erasing all that every part of the product holds of a person. It has no reading and writing apart.
        case people
        /// Running the server. Whoever may hand out keys may do what any key may, so this is all the others too.
        case admin

        fileprivate var isWhole: Bool { self == .people || self == .admin }
    }

    /// What is done there.
    package enum Access: String, Sendable, CaseIterable {
        /// Looking.
        case read
        /// Changing.
        case write
    }

    /// Where.
    package let area: Area
    /// What; nil where the area is given whole.
    package let access: Access?

    /// A scope from its parts.
    package init(_ area: Area, _ access: Access) {
        self.area = area
        self.access = access
    }

    private init(whole area: Area) {
        self.area = area
        access = nil
    }

    /// All that every part of the product holds of a person.
    package static let people = Scope(whole: .people)

    /// Everything that whoever runs the server does.
    package static let admin = Scope(whole: .admin)

    /// Reads `playback:write` or `people`; anything else is nil.
    package init?(_ text: String) {
        guard let found = Self.all.first(where: { $0.description == text }) else { return nil }
        self = found
    }

    /// `playback:write`.
    package var description: String { area.rawValue + (access.map { ":\($0.rawValue)" } ?? "") }

    /// What the backend of an app needs day by day: a key that can erase people is asked for by name.
    package static let everyday = Set(
        Area.allCases.filter { !$0.isWhole }.flatMap { area in Access.allCases.map { Scope(area, $0) } })

    /// Every scope there is.
    package static let all = everyday.union([people, admin])
}

extension Set<Scope> {
    /// Whether whoever has these may do what needs another.
    package func allow(_ scope: Scope) -> Bool { contains(scope) || contains(.admin) }
}
