import Changes
import Core
import SQL

/// What live events leave behind once nobody can come back to it.
enum EventLeftovers {
    /// How long the notices of an event are kept after its end.
    private static let keptFor = Duration.days(7)
    /// How long a segment that was taken out is kept, long past the time in which that can be taken back.
    private static let deletedFor = Duration.hours(1)

    /// Lets notices of events that ended long ago go, and segments that were taken out; how many rows, at most `limit` of each.
    static func sweep(limit: Int, _ change: Change) throws -> Int {
        let notices = try change.connection.changed(
            """
            DELETE FROM stream_notices
            WHERE (stream, stream_offset) IN (
                SELECT stream_notices.stream, stream_notices.stream_offset
                FROM events
                JOIN stream_notices ON stream_notices.stream = 'event:' || CAST(events.id AS TEXT)
                WHERE events.was_ended_at < $1
                LIMIT $2
            )
            """, [.instant(change.now - keptFor), .integer(limit)])
        let segments = try change.connection.changed(
            """
            DELETE FROM segments
            WHERE id IN (SELECT id FROM segments WHERE deleted_at < $1 LIMIT $2)
            """, [.instant(change.now - deletedFor), .integer(limit)])
        return max(notices, segments)
    }
}
