import SQL

/// What some work was refused with, by kind.
enum Refusal: Hashable {
    case unavailable, overloaded, corrupt, unique, foreignKey, check, length, failed, forbidden
    /// Something that is no `SQLError`.
    case other
}

/// Runs work and says what it was refused with; nil where it was not.
func refusal<Result>(_ work: () async throws -> Result) async -> Refusal? {
    do {
        _ = try await work()
        return nil
    } catch let error as SQLError {
        return Refusal(error)
    } catch {
        return .other
    }
}

extension Refusal {
    init(_ error: SQLError) {
        self =
            switch error {
            case .unavailable: .unavailable
            case .overloaded: .overloaded
            case .corrupt: .corrupt
            case .failed: .failed
            case .forbidden: .forbidden
            case .constraint(.unique, _): .unique
            case .constraint(.foreignKey, _): .foreignKey
            case .constraint(.check, _): .check
            case .constraint(.length, _): .length
            }
    }
}
