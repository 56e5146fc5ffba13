import Core
import SQL

/// Keeps a device to one live event at a time, over joins of several events that lock different rows.
///
/// On Postgres whoever gives a device a place takes its lock, before the events' rows; whatever brings many places back at once (an event's
/// resumption, the undoing of a removal) keeps all of them out for as long. On SQLite there is one writer.
enum PlaceLocks {
    static func share(devices: [ID], on connection: any Connection) throws {
        guard connection.dialect == .postgres else { return }
        try connection.execute(
            SQLText("SELECT pg_advisory_xact_lock_shared(hashtextextended('dogear.event.places', 0))"))
        try connection.execute(deviceText, Set(devices).sorted().map { [.id($0)] })
    }

    private static let deviceText = BulkText(
        """
        SELECT pg_advisory_xact_lock(hashtextextended('dogear.event.device:' || device::text, 0))
        FROM (SELECT device FROM ({rows}) AS asked (device) ORDER BY device) AS ordered
        """, [.uuid])

    static func takeAll(on connection: any Connection) throws {
        guard connection.dialect == .postgres else { return }
        try connection.execute(SQLText("SELECT pg_advisory_xact_lock(hashtextextended('dogear.event.places', 0))"))
    }
}
