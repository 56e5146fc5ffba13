import Core
import Foundation
import SQL
import TestSupport
import Testing

/// What an operator meets: file modes, a damaged file, a full disk, an address with a slip in it.
@Suite(.inTurns) struct OperationTests {
    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = try temporaryFolder("operation")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    private func mode(_ path: String) throws -> String {
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int ?? 0
        return String(mode, radix: 8)
    }

    @Test(arguments: ["000", "022"]) func `whatever the umask, files are their owner's alone`(umask: String)
        async throws
    {
        try await withFolder { folder in
            let server = try DogearProcess([], in: folder, after: "umask \(umask)")
            defer { server.stop() }
            #expect(try mode(folder + "/data") == "700")
            for file in ["dogear.sqlite", "dogear.sqlite-wal", "dogear.sqlite-shm"] {
                #expect(try mode(folder + "/data/" + file) == "600", "\(file)")
            }
            let command = ["-c", "umask \(umask); exec \"$@\"", "sh", DogearProcess.binary, "migrate", "backup"]
            try run("sh", command, in: folder)
            let copies = folder + "/data/dogear.sqlite-backups"
            #expect(try mode(copies) == "700")
            for copy in try FileManager.default.contentsOfDirectory(atPath: copies) {
                #expect(try mode(copies + "/" + copy) == "600")
            }
            let address = try TestEngine.postgres.address(in: folder)
            try run("sh", command + ["--database", address, "--to", "all.dump"], in: folder)
            #expect(try mode(folder + "/all.dump") == "600")
        }
    }

    @Test func `a damaged file is told in a sentence with what to do`() async throws {
        try await withFolder { folder in
            try String(repeating: "no database ", count: 1_000)
                .write(toFile: folder + "/file.sqlite", atomically: false, encoding: .utf8)
            let said = try run(
                DogearProcess.binary, ["serve", "--database", "sqlite:file.sqlite"], in: folder, allowFailure: true)
            #expect(said.contains("damaged") && said.contains("dogear migrate restore"))
            #expect(said.split(separator: "\n").count == 1, "\(said)")
        }
    }

    /// A file that may not grow stands for a full disk.
    @Test func `on a full disk the server is not ready, and is again when there is room`() async throws {
        try await withFolder { folder in
            let server = try DogearProcess([], in: folder, after: "trap '' XFSZ; ulimit -S -f 8192")
            defer { server.stop() }
            // Where the log alone is full, copying it into the file makes room once more.
            var (status, readiness) = (0, 0)
            for number in 0..<20_000 where readiness != 503 {
                status = try await server.send(
                    "POST", "/api/v1/sessions",
                    """
                    {"user_id":"\(ID.random())","content_id":"\(ID.random())","device_id":"\(number)","duration_seconds":0}
                    """
                ).status
                if status == 503 { readiness = try await server.send("GET", "/ready").status }
            }
            #expect(readiness == 503 && status == 503)
            #expect(try await server.send("GET", "/health").status == 200)
            try run("prlimit", ["--pid", String(server.pid), "--fsize=unlimited"])
            try await eventually("ready again") { try await server.send("GET", "/ready").status == 200 }
        }
    }

    @Test(arguments: [
        "postgres://ada:hun/ter2@127.0.0.1:1/dogear", "postgres://ada:hunter2", "postgres://ada:hun%ter2@127.0.0.1:1/d",
        "postgres://ada:hunter2@127.0.0.1:1/dogear", "Postgres://ada:hunter2@127.0.0.1:1/dogear",
        "postgres://127.0.0.1:1/dogear?user=ada&password=hunter2",
    ])
    func `a password in an address is shown nowhere`(address: String) async throws {
        try await withFolder { folder in
            for command in [
                ["serve"], ["key", "list"], ["migrate", "info"], ["migrate", "verify"], ["migrate", "backup"],
            ] {
                for arguments in [command + ["--database", address], command + [address]] {
                    let said = try run(DogearProcess.binary, arguments, in: folder, allowFailure: true)
                    #expect(!said.isEmpty && !said.contains("ter2"), "\(arguments): \(said)")
                }
            }
            let said = try run(
                DogearProcess.binary, ["serve"], in: folder, environment: ["DATABASE_URL": address], allowFailure: true)
            #expect(!said.isEmpty && !said.contains("ter2"), "\(said)")
        }
    }
}
