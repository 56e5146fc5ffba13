import Foundation
package import Settings

extension DogearServer {
    /// Asks for the port and gives it back, before anything is made for a server that could not listen.
    /// - Throws: `Settings.Refusal` where it is not to be had.
    package static func requirePort(_ settings: Settings) throws(Settings.Refusal) {
        guard settings.port != 0, let code = errorOfBinding(settings.host, settings.port),
            let refusal = refusal(errno: code, settings)
        else { return }
        throw refusal
    }

    /// What the system says to it, where it is not content; a name that means nothing is told by whoever listens.
    private static func errorOfBinding(_ host: String, _ port: Int) -> Int32? {
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &found) == 0, let address = found?.pointee else { return nil }
        defer { freeaddrinfo(found) }
        let descriptor = socket(address.ai_family, address.ai_socktype, address.ai_protocol)
        guard descriptor >= 0 else { return nil }
        defer { Foundation.close(descriptor) }
        // As the server itself does it: connections of one that has just ended are in nobody's way.
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        return bind(descriptor, address.ai_addr, address.ai_addrlen) == 0 ? nil : errno
    }

    /// Why nothing can be listened to there, in words that say what to change; nil for an error of another kind.
    static func refusal(errno code: Int32, _ settings: Settings) -> Settings.Refusal? {
        let words: String? =
            switch code {
            case EADDRINUSE:
                "Port \(settings.port) is taken: another program listens there, perhaps another Dogear. Stop it, or choose another port with --port (0 takes a free one)."
            case EACCES:
                "Port \(settings.port) may not be taken by this user. Choose one above 1023 with --port."
            case EADDRNOTAVAIL:
                "\(settings.host) is no address of this machine. Choose one that is with --host, or 0.0.0.0 for all."
            default: nil
            }
        return words.map { Settings.Refusal(description: $0) }
    }
}
