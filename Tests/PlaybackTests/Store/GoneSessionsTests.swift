import Changes
import Core
import SQL
import TestSupport
import Testing

@testable import Playback

/// Who is told that a session went with an erased person.
@Suite struct GoneSessionsTests {
    @Test(arguments: TestEngine.allCases) func `a user is told of their own sessions only, and an app of all`(
        engine: TestEngine
    ) async throws {
        try await engine.withDatabase { database in
            let clock = ManualClock()
            let hash = PersonHash([1, 2, 3])
            let changes = Changes(database: database, clock: clock.source, personHash: hash)
            let (session, ann, bob) = (ID.random(), ID.random(), ID.random())
            try await changes.make { change in
                let names: [Person] = [.playbackSession(session), .user(ann)]
                try ErasedPeople.note(names.map { hash($0) }, at: change.now, on: change.connection)
            }
            let told = try await changes.make { change in
                try change.refusals(
                    ofMissing: [
                        AskedSession(id: session, reach: .anybody), AskedSession(id: session, reach: .user(ann)),
                        AskedSession(id: session, reach: .user(bob)), AskedSession(id: .random(), reach: .anybody),
                    ])
            }
            let until = clock.source.now + ErasedPeople.lasts
            #expect(
                told.mapValues(\.until) == [
                    AskedSession(id: session, reach: .anybody): until,
                    AskedSession(id: session, reach: .user(ann)): until,
                ])
        }
    }
}
