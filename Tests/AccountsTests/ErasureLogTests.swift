import Core
import Foundation
import TestSupport
import Testing

@testable import Accounts

/// The log beside the database, as power cuts and full disks leave it.
@Suite struct ErasureLogTests {
    private func withLog(_ body: (ErasureLog) async throws -> Void) async throws {
        let folder = try temporaryFolder("erasures")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(ErasureLog(path: folder + "/erasures.log"))
    }

    private func erasure(_ hash: String) -> Erasure {
        Erasure(
            id: .random(), state: .running, hashes: [hash], people: [.user(.random())], isLogged: false,
            requestedAt: Instant(milliseconds: 1_800_000_000_000))
    }

    @Test func `a line that broke off does not take the next one with it`() async throws {
        try await withLog { log in
            try await log.append(.init(erasure("one"), key: "k"))
            let handle = try #require(FileHandle(forWritingAtPath: log.path))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data(#"{"hashes":["torn"#.utf8))
            try handle.close()
            try await log.append(.init(erasure("two"), key: "k"))
            try await log.append(.init(erasure("three"), key: "k"))
            let hashes = try await log.lines().map(\.hashes)
            #expect(hashes == [["one"], ["two"], ["three"]])
        }
    }

    @Test func `many at once are as many lines`() async throws {
        try await withLog { log in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<50 { group.addTask { try await log.append(.init(erasure("\(number)"), key: "k")) } }
                try await group.waitForAll()
            }
            let hashes = try await log.lines().flatMap(\.hashes)
            #expect(Set(hashes).count == 50 && hashes.count == 50)
        }
    }
}
