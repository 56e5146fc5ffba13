/// What a service key may do: read or write, in one area.
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
    /// What.
    package let access: Access

    /// A scope from its parts.
    package init(_ area: Area, _ access: Access) {
        self.area = area
        self.access = access
    }

    /// Reads `playback:write`; anything else is nil.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let area = Area(rawValue: parts[0]), let access = Access(rawValue: parts[1]) else {
            return nil
        }
        self.init(area, access)
    }

    /// `playback:write`.
    package var description: String { "\(area.rawValue):\(access.rawValue)" }

    /// Every scope there is.
    package static let all = Set(Area.allCases.flatMap { area in Access.allCases.map { Scope(area, $0) } })
}
