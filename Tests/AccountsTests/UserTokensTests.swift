import Core
import Foundation
import JWTKit
import Synchronization
import TestSupport
import Testing

@testable import Accounts

/// Keys that an app publishes, and changes while its tokens are in use.
@Suite struct UserTokensTests {
    private struct Claims: JWTPayload {
        var sub: String
        var exp: Double
        func verify(using algorithm: some JWTAlgorithm) async throws {}
    }

    /// One of an app's signing keys.
    private struct SigningKey {
        let name: String
        let key = Result { try EdDSA.PrivateKey() }

        func token(_ user: ID) async throws -> String {
            let keys = JWTKeyCollection()
            await keys.add(eddsa: try key.get(), kid: .init(string: name))
            return try await keys.sign(Claims(sub: user.description, exp: 1_795_999_999), kid: .init(string: name))
        }

        func json() throws -> String {
            let x = try key.get().publicKey.rawRepresentation.base64EncodedString()
                .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
            return #"{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","kid":"\#(name)","x":"\#(x)"}"#
        }
    }

    private static func publish(_ keys: [SigningKey], in folder: String) throws {
        let jwks = "{\"keys\":[\(try keys.map { try $0.json() }.joined(separator: ","))]}"
        try Data(jwks.utf8).write(to: URL(fileURLWithPath: folder + "/jwks.json"))
    }

    private static func isRefused(_ users: UserTokens, _ token: String) async -> Bool {
        do {
            _ = try await users.user(of: token)
            return false
        } catch {
            return (error as? Problem)?.status == 401
        }
    }

    @Test func `a key that is new is asked for at once, and at most every 30 seconds`() async throws {
        let folder = try temporaryFolder("jwks")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (one, two, clock, user) = (SigningKey(name: "one"), SigningKey(name: "two"), ManualClock(), ID.random())
        try Self.publish([one], in: folder)
        let users = UserTokens(source: .jwks(folder + "/jwks.json"), clock: clock.source)
        try await users.prepare()
        #expect(try await users.user(of: try await one.token(user)).id == user)
        clock.advance(.seconds(31))
        // A look for a name that nobody knows uses up the turn.
        #expect(await Self.isRefused(users, try await SigningKey(name: "three").token(user)))
        try Self.publish([one, two], in: folder)
        let new = try await two.token(user)
        #expect(await Self.isRefused(users, new))
        clock.advance(.seconds(31))
        #expect(try await users.user(of: new).id == user)
        #expect(try await users.user(of: try await one.token(user)).id == user)
        // A key that is published no longer is known for as long as nobody looks.
        try Self.publish([two], in: folder)
        clock.advance(.minutes(11))
        _ = try? await users.user(of: new)
        #expect(await Self.isRefused(users, try await SigningKey(name: "one").token(user)))
    }

    @Test(.timeLimit(.minutes(30))) func `while the key server hangs, tokens of known keys are not kept waiting`()
        async throws
    {
        let (one, clock, user) = (SigningKey(name: "one"), ManualClock(), ID.random())
        let server = try KeyServer(answering: "{\"keys\":[\(try one.json())]}")
        let users = UserTokens(source: .jwks(server.address), clock: clock.source)
        try await users.prepare()
        clock.advance(.minutes(11))
        for _ in 0..<3 { #expect(try await users.user(of: try await one.token(user)).id == user) }
        // Had they waited, the client would have given up by now and hung up.
        #expect(!server.wasHungUp)
        server.close()
    }

    @Test func `what asks to be understood in full, and signatures of any length, are 401`() async throws {
        let folder = try temporaryFolder("jwks")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let one = SigningKey(name: "one")
        try Self.publish([one], in: folder)
        let users = UserTokens(source: .jwks(folder + "/jwks.json"), clock: ManualClock().source)
        try await users.prepare()
        let parts = try await one.token(.random()).split(separator: ".").map(String.init)
        func base64(_ text: String) -> String {
            Data(text.utf8).base64EncodedString()
                .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        }
        let critical = base64(#"{"alg":"EdDSA","typ":"JWT","kid":"one","crit":["b64"],"b64":false}"#)
        for token in [
            "\(critical).\(parts[1]).\(parts[2])", "\(parts[0]).\(parts[1]).\(parts[2].prefix(40))",
            "\(parts[0]).\(parts[1]).\(parts[2])\(parts[2])", "\(parts[0]).\(parts[1]).", "\(parts[0])..", "...", "",
            base64(#"{"alg":"ES256","kid":"one"}"#) + ".\(parts[1]).AAAA",
        ] {
            #expect(await Self.isRefused(users, token), "\(token)")
        }
    }
}

/// Answers its first caller and lets every later one wait.
private final class KeyServer: Sendable {
    let address: String
    private let listening: Int32
    private let waiting = Mutex<[Int32]>([])

    init(answering json: String) throws {
        let port = try freePort()
        address = "http://127.0.0.1:\(port)/jwks.json"
        listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listening, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard bound == 0, listen(listening, 16) == 0 else {
            throw CommandFailure(description: "the key server cannot listen")
        }
        let reply = "HTTP/1.1 200 OK\r\nContent-Length: \(json.utf8.count)\r\nConnection: close\r\n\r\n\(json)"
        let thread = Thread { [self] in
            var isFirst = true
            while true {
                let connection = accept(listening, nil, nil)
                guard connection >= 0 else { return }
                if isFirst {
                    // What is closed with something unread in it is reset, and the reply with it.
                    var asked = [UInt8](repeating: 0, count: 4_096)
                    _ = recv(connection, &asked, asked.count, 0)
                    _ = reply.withCString { send(connection, $0, reply.utf8.count, 0) }
                    Foundation.close(connection)
                    isFirst = false
                } else {
                    waiting.withLock { $0.append(connection) }
                }
            }
        }
        thread.start()
    }

    /// Whether somebody who waits has given up.
    var wasHungUp: Bool {
        var byte: UInt8 = 0
        return waiting.withLock { waiting in
            waiting.contains { connection in
                // What was asked is read away first; then nothing is there, or the end is.
                while recv(connection, &byte, 1, Int32(MSG_DONTWAIT)) > 0 {}
                return recv(connection, &byte, 1, Int32(MSG_DONTWAIT)) == 0
            }
        }
    }

    func close() {
        shutdown(listening, Int32(SHUT_RDWR))
        Foundation.close(listening)
        for connection in waiting.withLock({ $0 }) { Foundation.close(connection) }
    }
}
