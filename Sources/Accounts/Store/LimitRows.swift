import Changes
import Core
import SQL

/// Codes as rows of `account_codes`: at most one of a kind for each person.
enum CodeRows {
    static func lock(
        _ purpose: AccountCode.Purpose, of user: ID, on connection: any Connection
    ) throws -> AccountCode? {
        try connection.first(
            """
            SELECT code, tries, made_at FROM account_codes WHERE user_id = $1 AND purpose = $2 {for_update}
            """, [.id(user), .text(purpose.rawValue)]
        ) { AccountCode(kept: try $0.text(), tries: try $0.integer(), madeAt: try $0.instant()) }
    }

    /// Puts a code in the place of the one before.
    static func put(
        _ kept: String, for purpose: AccountCode.Purpose, of user: ID, at now: Instant, on connection: any Connection
    ) throws {
        try connection.execute(
            """
            INSERT INTO account_codes (user_id, purpose, code, tries, made_at) VALUES ($1, $2, $3, 0, $4)
            ON CONFLICT (user_id, purpose) DO UPDATE SET code = excluded.code, tries = 0, made_at = excluded.made_at
            """, [.id(user), .text(purpose.rawValue), .text(kept), .instant(now)])
    }

    static func countTry(_ purpose: AccountCode.Purpose, of user: ID, on connection: any Connection) throws {
        try connection.execute(
            "UPDATE account_codes SET tries = tries + 1 WHERE user_id = $1 AND purpose = $2",
            [.id(user), .text(purpose.rawValue)])
    }

    static func deleteAll(of user: ID, on connection: any Connection) throws {
        try connection.execute("DELETE FROM account_codes WHERE user_id = $1", [.id(user)])
    }
}

/// What was mailed to whom, as rows of `account_mails`, which hold no address that could be read.
enum MailRows {
    static func sent(to address: String, since: Instant, on connection: any Connection) throws -> [Instant] {
        try connection.all(
            "SELECT sent_at FROM account_mails WHERE address = $1 AND sent_at >= $2 LIMIT 100",
            [.text(address), .instant(since)]
        ) { try $0.instant() }
    }

    static func insert(_ address: String, at now: Instant, on connection: any Connection) throws {
        try connection.execute(
            "INSERT INTO account_mails (id, address, sent_at) VALUES ($1, $2, $3)",
            [.id(.random()), .text(address), .instant(now)])
    }
}

/// Tries that failed, as rows of `account_tries`.
enum TryRows {
    /// The failures of a subject, which stay locked until the transaction ends.
    static func lock(_ subject: String, on connection: any Connection) throws -> (failures: Int, lastAt: Instant)? {
        try connection.first(
            "SELECT failures, last_at FROM account_tries WHERE subject = $1 {for_update}", [.text(subject)]
        ) { (try $0.integer(), try $0.instant()) }
    }

    static func put(_ subject: String, _ failures: Int, at now: Instant, on connection: any Connection) throws {
        try connection.execute(
            """
            INSERT INTO account_tries (subject, failures, last_at) VALUES ($1, $2, $3)
            ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at
            """, [.text(subject), .integer(failures), .instant(now)])
    }

    /// One failure less: a try that was counted before it was known turned out well.
    static func forgive(_ subject: String, on connection: any Connection) throws {
        try connection.execute(
            "UPDATE account_tries SET failures = failures - 1 WHERE subject = $1 AND failures > 0", [.text(subject)])
    }

    static func delete(_ subject: String, on connection: any Connection) throws {
        try connection.execute("DELETE FROM account_tries WHERE subject = $1", [.text(subject)])
    }
}

/// What accounts leave behind.
enum AccountLeftovers {
    /// Lets go of sign-ins and stream tickets that have run out, and of codes, mails and tries that count no longer; how many rows, at most
    /// `limit` of each.
    static func sweep(limit: Int, _ change: Change) throws -> Int {
        let day = change.now - .days(2)
        let deletions: [(text: SQLText, before: Instant)] = [
            (
                "DELETE FROM sign_ins WHERE id IN (SELECT id FROM sign_ins WHERE expires_at < $1 LIMIT $2)", change.now
            ),
            (
                """
                DELETE FROM account_codes
                WHERE (user_id, purpose) IN (SELECT user_id, purpose FROM account_codes WHERE made_at < $1 LIMIT $2)
                """, day
            ),
            (
                """
                DELETE FROM stream_tickets
                WHERE id IN (SELECT id FROM stream_tickets WHERE expires_at < $1 LIMIT $2)
                """, change.now
            ),
            ("DELETE FROM account_mails WHERE id IN (SELECT id FROM account_mails WHERE sent_at < $1 LIMIT $2)", day),
            (
                """
                DELETE FROM account_tries
                WHERE subject IN (SELECT subject FROM account_tries WHERE last_at < $1 LIMIT $2)
                """, day
            ),
        ]
        return try deletions.map { deletion in
            try change.connection.changed(deletion.text, [.instant(deletion.before), .integer(limit)])
        }.max() ?? 0
    }
}
